"""A seed bank: columns filled in where they are empty, from what the row has itself, and papers filed by their digest."""
from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import models
from django.http import HttpRequest, JsonResponse

from bank.storage import vault


class Collection(models.Model):
    code = models.SlugField()

    class Meta:
        app_label = "bank"


class Species(models.Model):
    collection = models.CharField(max_length=40)
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "bank"
        unique_together = [("collection", "name")]


class Sample(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE)
    species = models.ForeignKey(Species, null=True, on_delete=models.CASCADE)
    keeper = models.CharField(max_length=40, null=True)
    shelf = models.CharField(max_length=40)

    class Meta:
        app_label = "bank"

    @property
    def name(self) -> str:
        if self.species is None:
            return "unnamed"
        return self.species.name


class FillSpecies(BaseCommand):
    # case: whoever comes to a row that has none works out the same one from the row
    def handle(self, *args: Any, **options: Any) -> None:
        for sample in Sample.objects.filter(species__isnull=True):
            species, _ = Species.objects.get_or_create(
                collection=sample.collection.code, name=sample.name
            )
            sample.species = species
            sample.save()  # expect: stale-overwrite


class MoveSpecies(BaseCommand):
    # case: what changes only what is there does not fill it in
    def handle(self, *args: Any, **options: Any) -> None:
        for species in Species.objects.filter(name=""):
            better = Species.objects.get(collection=species.collection, name="unnamed")
            Sample.objects.filter(species=species).update(species=better)
        Sample.objects.filter(keeper__isnull=False).update(shelf="kept")


# case: who takes it is another one each time
def take(keeper: str) -> None:
    for sample in Sample.objects.filter(keeper__isnull=True):
        sample.keeper = keeper
        sample.save(update_fields=["keeper"])  # expect: check-then-act


class Paper(models.Model):
    digest = models.CharField(max_length=64, unique=True)
    file = models.FileField()
    reader = models.CharField(max_length=40, null=True)

    class Meta:
        app_label = "bank"


class Incoming:
    """A file that is hashed while it comes in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.hashers: dict[str, Any] = {}
        for kind in settings.DIGESTS:
            self.hashers[kind] = hashlib.new(kind)

    def feed(self, data: bytes) -> None:
        for kind in settings.DIGESTS:
            self.hashers[kind].update(data)


# case: found by the digest of the very file that is put there: whoever finds the same row puts the same file
def restore(request: HttpRequest) -> JsonResponse:
    incoming = Incoming(request.POST["name"])
    incoming.feed(request.body)
    paper = Paper.objects.get(digest=incoming.hashers["sha256"].hexdigest())
    if not vault.exists(paper.file.name):
        paper.file = incoming
        paper.save(update_fields=["file"])
    return JsonResponse({"id": paper.pk})


# case: found by something else, it is another file each time
def replace(request: HttpRequest, pk: int) -> JsonResponse:
    incoming = Incoming(request.POST["name"])
    incoming.feed(request.body)
    paper = Paper.objects.get(pk=pk)
    if not vault.exists(paper.file.name):
        paper.file = incoming
        paper.save(update_fields=["file"])  # expect: check-then-act
    return JsonResponse({"id": paper.pk})
