"""A weaving mill: managers put together from a base and a set of rows, lots claimed by the batch."""
from __future__ import annotations

from itertools import batched, chain, islice
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F
from django.http import HttpRequest, JsonResponse


class NoYarn(Exception):
    pass


class BobbinQuerySet(models.QuerySet):
    def of_colour(self, colour: str) -> "BobbinQuerySet":
        return self.filter(colour__iexact=colour)

    def held(self) -> "BobbinQuerySet":
        return self.select_for_update(of=("self",))

    def reel_off(self, metres: int) -> int:
        return self.filter(metres__gte=metres).update(metres=F("metres") - metres)


class BaseBobbinManager(models.Manager):
    # case: a manager of whose model nothing stands here; the model that has it tells
    def cut(self, colour: str, metres: int) -> Any:
        bobbin = self.get_queryset().filter(colour=colour).get()
        bobbin.metres -= metres
        bobbin.save(update_fields=["metres"])  # expect: lost-update
        return bobbin


BobbinManager = BaseBobbinManager.from_queryset(BobbinQuerySet)


class Bobbin(models.Model):
    colour = models.CharField(max_length=20)
    metres = models.IntegerField(default=0)
    loom = models.CharField(max_length=20, blank=True)

    objects = BobbinManager()

    class Meta:
        app_label = "weaving"

    @property
    def has_yarn(self) -> bool:
        return self.metres > 0


class Loom(models.Model):
    name = models.CharField(max_length=20)

    # A base of Django's own, and rows of the project's.
    objects = models.Manager.from_queryset(BobbinQuerySet)()

    class Meta:
        app_label = "weaving"


class Warp(models.Model):
    loom = models.ForeignKey(Loom, on_delete=models.CASCADE, related_name="warps")
    width = models.IntegerField(default=0)

    class Meta:
        app_label = "weaving"


# case: found through a method of the rows, tested, and reeled off whatever is left by then
def draw(colour: str, metres: int) -> None:
    bobbin = Bobbin.objects.of_colour(colour).get()
    if not bobbin.has_yarn:
        raise NoYarn(colour)
    Bobbin.objects.filter(pk=bobbin.pk).update(metres=F("metres") - metres)  # expect: check-then-act


# case: the rows' own method repeats the test, and its count is looked at
def draw_checked(colour: str, metres: int) -> None:
    bobbin = Bobbin.objects.of_colour(colour).get()
    if not bobbin.has_yarn:
        raise NoYarn(colour)
    if not Bobbin.objects.filter(pk=bobbin.pk).reel_off(metres):
        raise NoYarn(colour)


# case: the rows' own method locks
@transaction.atomic
def draw_held(colour: str, metres: int) -> None:
    bobbin = Bobbin.objects.held().of_colour(colour).get()
    if not bobbin.has_yarn:
        raise NoYarn(colour)
    bobbin.metres -= metres
    bobbin.save(update_fields=["metres"])


# case: the keys of free rows are gathered, and all of them given to whoever gathered them last
def claim(loom: str, size: int = 10) -> list[int]:
    keys = list(Bobbin.objects.filter(loom="").values_list("pk", flat=True)[:size])
    Bobbin.objects.filter(pk__in=keys).update(loom=loom)  # expect: check-then-act
    return keys


# case: the same with the rows themselves
def claim_rows(loom: str, size: int = 10) -> list[int]:
    free = list(Bobbin.objects.filter(loom="")[:size])
    Bobbin.objects.filter(pk__in=[b.pk for b in free]).update(loom=loom)  # expect: check-then-act
    return [b.pk for b in free]


# case: locked as they are gathered
@transaction.atomic
def claim_locked(loom: str, size: int = 10) -> list[int]:
    rows = Bobbin.objects.select_for_update(skip_locked=True).filter(loom="")
    keys = list(rows.values_list("pk", flat=True)[:size])
    Bobbin.objects.filter(pk__in=keys).update(loom=loom)
    return keys


# case: the claim asks again, and who has got what is read afterwards
def claim_again(loom: str, size: int = 10) -> list[int]:
    keys = list(Bobbin.objects.filter(loom="").values_list("pk", flat=True)[:size])
    if not Bobbin.objects.filter(pk__in=keys, loom="").update(loom=loom):
        return []
    return list(Bobbin.objects.filter(pk__in=keys, loom=loom).values_list("pk", flat=True))


# case: what everybody would write is written twice
def tidy(size: int = 10) -> None:
    keys = list(Warp.objects.filter(width=0).values_list("pk", flat=True)[:size])
    Warp.objects.filter(pk__in=keys).update(width=120)


# case: the first of many rows, as they come
def oil(count: int) -> int:
    done = []
    for bobbin in islice(Bobbin.objects.filter(metres__gt=0).iterator(), count):
        bobbin.metres -= 1
        done.append(bobbin)
    Bobbin.objects.bulk_update(done, ["metres"])  # expect: lost-update
    return len(done)


# case: several at a time
def oil_by_tens() -> None:
    for some in batched(Bobbin.objects.filter(metres__gt=0), 10):
        for bobbin in some:
            bobbin.metres -= 1
        Bobbin.objects.bulk_update(some, ["metres"])  # expect: lost-update


# case: one after the other
def oil_both(colour: str, other: str) -> None:
    for bobbin in chain(Bobbin.objects.of_colour(colour), Bobbin.objects.of_colour(other)):
        bobbin.metres -= 1
        bobbin.save(update_fields=["metres"])  # expect: lost-update


# case: locked, the first of many rows
@transaction.atomic
def oil_locked(count: int) -> None:
    for bobbin in islice(Bobbin.objects.held().filter(metres__gt=0), count):
        bobbin.metres -= 1
        bobbin.save(update_fields=["metres"])


# case: only a loom with room is found: the store has counted, and another one is added
def mount(request: HttpRequest, name: str) -> JsonResponse:
    loom = Loom.objects.annotate(taken=Count("warps")).filter(taken__lt=4, name=name).first()
    if loom is None:
        return JsonResponse({"error": "no room"}, status=409)
    warp = Warp.objects.create(loom=loom, width=120)  # expect: check-then-act
    return JsonResponse({"warp": warp.pk})


# case: the same, and a loom without room is none
def mount_or_fail(name: str) -> None:
    loom = Loom.objects.annotate(taken=Count("warps")).get(name=name, taken__lt=4)
    Warp.objects.create(loom=loom, width=120)  # expect: check-then-act


# case: counted for show
def mount_any(name: str) -> int:
    loom = Loom.objects.annotate(taken=Count("warps")).get(name=name)
    Warp.objects.create(loom=loom, width=120)
    return loom.taken
