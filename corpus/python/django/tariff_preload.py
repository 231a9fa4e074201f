"""Preloads the tariffs of a new installation."""
from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import models, transaction


class Region(models.Model):
    name = models.CharField(max_length=40)

    class Meta:
        app_label = "tariffs"


class Tariff(models.Model):
    region = models.ForeignKey(Region, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=40)
    cents = models.IntegerField(default=0)
    rank = models.IntegerField(default=0)

    class Meta:
        app_label = "tariffs"


def reprice(pk: int, cents: int, rank: int) -> None:
    Tariff.objects.filter(pk=pk).update(cents=cents, rank=rank)


class Command(BaseCommand):
    help = "Puts regions and tariffs there if there are none."

    # case: a run by hand into an empty table puts the first rows there
    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if not Region.objects.exists():
                region, _ = Region.objects.get_or_create(name="Home")
                tariff = Tariff.objects.filter(name="Basic").first()
                if not tariff:
                    tariff = Tariff(name="Basic")
                tariff.region = region
                tariff.save()
        self.complete()

    # case: a part of a table says nothing of an installation
    def complete(self) -> None:
        if not Region.objects.filter(name="Abroad").exists():
            region, _ = Region.objects.get_or_create(name="Abroad")  # expect: check-then-create
            tariff = Tariff.objects.filter(name="Roaming").first()
            if tariff:
                tariff.region = region
                tariff.save()  # expect: stale-overwrite


# case: a request that finds an empty table has another beside it
def first_region(request: Any) -> Region:
    if not Region.objects.exists():
        region, _ = Region.objects.get_or_create(name="Home")  # expect: check-then-create
        return region
    return Region.objects.order_by("pk")[0]
