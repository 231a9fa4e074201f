"""Courier: parcels that are sent by one of several carriers, and rows whose own save completes them."""
from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class Parcel(models.Model):
    again = models.BooleanField(default=False)
    weight = models.IntegerField(default=0)

    class Meta:
        app_label = "courier"

    # case: only one of the carriers has taken the flag back and saved it, so that it may still be up
    def resend(self, kind: str) -> None:
        if self.again:
            if kind == "van":
                carrier = Van()
            else:
                carrier = Drone()
            carrier.send(self)
            if self.again:
                self.again = False
                self.save(update_fields=["again"])  # expect: check-then-act


class Van:
    def send(self, parcel: Parcel) -> None:
        parcel.again = False
        parcel.save(update_fields=["again"])


class Drone:
    def send(self, parcel: Parcel) -> None:
        print("up", parcel.weight)


def resend(request: HttpRequest, pk: int) -> HttpResponse:
    parcel = Parcel.objects.get(pk=pk)
    parcel.resend(request.POST["kind"])
    return HttpResponse(status=204)


def mark(request: HttpRequest, pk: int) -> HttpResponse:
    Parcel.objects.filter(pk=pk).update(again=True)
    return HttpResponse(status=204)


class Tour(models.Model):
    started = models.DateTimeField(null=True)
    announced = models.BooleanField(default=False)

    class Meta:
        app_label = "courier"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.started:
            self.started = timezone.now()
        super().save(*args, **kwargs)


# case: what the row's own save makes of a column it makes of the row that is locked, not of the one looked at before
@shared_task
def announce(pk: int) -> None:
    tour = Tour.objects.get(pk=pk)
    if (timezone.now() - tour.started).seconds < 60:
        return
    with transaction.atomic():
        locked = Tour.objects.select_for_update().get(pk=pk)
        if locked.announced is False:
            locked.announced = True
            locked.save()
