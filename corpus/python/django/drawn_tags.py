"""Parcels: each gets a reference before it is stored, drawn until nobody else has it."""
from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404


class Parcel(models.Model):
    reference = models.CharField(max_length=36, blank=True, default="")
    tracking = models.CharField(max_length=36, blank=True, default="")
    weight = models.IntegerField(default=0)

    class Meta:
        app_label = "parcels"

    # case: each row has a reference when it is stored
    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.reference:
            while True:
                candidate = uuid4().hex
                if not Parcel.objects.filter(reference=candidate).exists():
                    self.reference = candidate
                    break
        super().save(*args, **kwargs)


# case: the whole row goes back, with the reference that it had
def weigh(request: HttpRequest, pk: int) -> JsonResponse:
    parcel = get_object_or_404(Parcel, pk=pk)
    parcel.weight = int(request.POST["weight"])
    parcel.save()  # expect: stale-overwrite
    return JsonResponse({"reference": parcel.reference})


# case: a number that is drawn for those that have none, by whoever asks first
def track(request: HttpRequest, pk: int) -> JsonResponse:
    parcel = get_object_or_404(Parcel, pk=pk)
    if not parcel.tracking:
        while True:
            candidate = uuid4().hex
            if not Parcel.objects.filter(tracking=candidate).exists():
                parcel.tracking = candidate
                break
        parcel.save(update_fields=["tracking"])  # expect: check-then-act
    return JsonResponse({"tracking": parcel.tracking})
