"""A sorting hall: parcels keep places in lanes, and labels that are numbered where nobody said one."""
from __future__ import annotations

from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404


class Parcel(models.Model):
    hall = models.CharField(max_length=20)
    lane = models.CharField(max_length=20)
    place = models.IntegerField(default=0)
    handled = models.IntegerField(default=0)

    class Meta:
        app_label = "lanes"


class Slip(models.Model):
    lane = models.CharField(max_length=20)
    label = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "lanes"


# case: id=py-dj-3990 label=safe tier=2 note=the place comes from other rows: those read leave out the one that is written
def move_last(request: HttpRequest, pk: int) -> None:
    hall = request.user.hall
    parcel = get_object_or_404(Parcel, pk=pk, hall=hall)
    others = Parcel.objects.filter(hall=hall, lane=parcel.lane)
    last = others.exclude(pk=parcel.pk).order_by("-place").first()
    parcel.place = last.place + 1 if last else 0
    parcel.save(update_fields=["place"])


# case: id=py-dj-3991 label=race rule=lost-update tier=1 note=the place comes from the last row, which may be the one that is written
def move_on(request: HttpRequest, pk: int) -> None:
    hall = request.user.hall
    parcel = get_object_or_404(Parcel, pk=pk, hall=hall)
    others = Parcel.objects.filter(hall=hall, lane=parcel.lane)
    last = others.exclude(handled=0).order_by("-place").first()
    parcel.place = last.place + 1
    parcel.save(update_fields=["place"])  # expect: lost-update


def label_if_none(slip: Slip) -> None:
    if not slip.label:
        slip.label = f"{slip.lane}-{Slip.objects.filter(lane=slip.lane).count() + 1}"
    slip.save()


# case: id=py-dj-3992 label=safe tier=2 note=a text with a part that is always there is not empty, so nothing is numbered
def take_in(request: HttpRequest) -> None:
    label_if_none(Slip(lane="in", label=f"P-{request.POST['day']}"))


def number_if_none(slip: Slip) -> None:
    if not slip.label:
        slip.label = f"{slip.lane}-{Slip.objects.filter(lane=slip.lane).count() + 1}"
    slip.save()  # expect: check-then-create


# case: id=py-dj-3993 label=race rule=check-then-create tier=3 note=a text that may be empty is numbered from those that are there
def take_in_maybe(request: HttpRequest) -> None:
    number_if_none(Slip(lane="in", label=f"{request.POST['day']}"))
