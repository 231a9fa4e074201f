"""A catalogue: columns that are filled in later, for all rows that lack them."""
from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import models
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST


class Shelf(models.Model):
    code = models.CharField(max_length=20, unique=True)

    class Meta:
        app_label = "catalogue"


class Series(models.Model):
    shelf = models.CharField(max_length=20)
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "catalogue"
        unique_together = [("shelf", "name")]


class Volume(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="volumes")
    name = models.CharField(max_length=80)
    series = models.ForeignKey(Series, null=True, on_delete=models.SET_NULL)
    reader = models.CharField(max_length=80, null=True)

    class Meta:
        app_label = "catalogue"


class Command(BaseCommand):
    help = "Fills in what volumes lack."

    # case: whoever fills it in comes to the same from the row
    def handle(self, *args: Any, **options: Any) -> None:
        for volume in Volume.objects.filter(series__isnull=True).select_related("shelf"):
            series, _ = Series.objects.get_or_create(shelf=volume.shelf.code, name=volume.name)
            volume.series = series
            volume.save(update_fields=["series"])


# case: who takes what nobody has yet takes it from whoever was quicker
@require_POST
def take(request: HttpRequest, code: str) -> JsonResponse:
    taken = []
    for volume in Volume.objects.filter(reader__isnull=True, shelf__code=code):
        volume.reader = request.POST["reader"]
        volume.save(update_fields=["reader"])  # expect: check-then-act
        taken.append(volume.pk)
    return JsonResponse({"taken": taken})
