"""Hoists: rows with a revision, and what is answered when somebody else was first."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.mail import send_mail
from django.db import models, transaction
from django.db.models import F


class Hoist(models.Model):
    code = models.CharField(max_length=10)
    rate = models.DecimalField(max_digits=8, decimal_places=2)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "hoists"


class Raced(Exception):
    pass


# case: who was second is told a rate that is not stored
def raise_rate(pk: int, percent: Decimal) -> dict[str, Any]:
    seen = Hoist.objects.only("rate", "revision").get(pk=pk)
    changes: dict[str, Any] = {"revision": seen.revision + 1}
    if percent:
        changes["rate"] = (seen.rate * (1 + percent / 100)).quantize(Decimal("0.01"))
    Hoist.objects.filter(pk=pk, revision=seen.revision).update(**changes)  # expect: swallowed-conflict
    return {"hoist": pk, "rate": str(changes.get("rate", seen.rate))}


# case: the same with a plain value
def add_to_rate(pk: int, by: Decimal) -> Decimal:
    seen = Hoist.objects.get(pk=pk)
    rate = seen.rate + by
    Hoist.objects.filter(pk=pk, revision=seen.revision).update(  # expect: swallowed-conflict
        rate=rate, revision=F("revision") + 1
    )
    return rate


# case: the count decides
def raise_rate_or_fail(pk: int, by: Decimal) -> Decimal:
    seen = Hoist.objects.get(pk=pk)
    rate = seen.rate + by
    done = Hoist.objects.filter(pk=pk, revision=seen.revision).update(
        rate=rate, revision=F("revision") + 1
    )
    if not done:
        raise Raced(pk)
    return rate


# case: what is stored by then is read and answered
def raise_rate_and_look(pk: int, by: Decimal) -> Decimal:
    seen = Hoist.objects.get(pk=pk)
    Hoist.objects.filter(pk=pk, revision=seen.revision).update(
        rate=seen.rate + by, revision=F("revision") + 1
    )
    return Hoist.objects.get(pk=pk).rate


# case: the count itself is the answer
def try_rate(pk: int, by: Decimal) -> int:
    seen = Hoist.objects.get(pk=pk)
    return Hoist.objects.filter(pk=pk, revision=seen.revision).update(
        rate=seen.rate + by, revision=F("revision") + 1
    )


# case: value and count, for the caller to look at
def try_rate_with_value(pk: int, by: Decimal) -> tuple[int, Decimal]:
    seen = Hoist.objects.get(pk=pk)
    rate = seen.rate + by
    done = Hoist.objects.filter(pk=pk, revision=seen.revision).update(
        rate=rate, revision=F("revision") + 1
    )
    return done, rate


# case: nothing is said of it
def note_rate(pk: int, by: Decimal) -> None:
    seen = Hoist.objects.get(pk=pk)
    Hoist.objects.filter(pk=pk, revision=seen.revision).update(
        rate=seen.rate + by, revision=F("revision") + 1
    )


class Seat(models.Model):
    hoist = models.ForeignKey(Hoist, on_delete=models.CASCADE, related_name="seats")
    state = models.CharField(max_length=10, default="free")
    rider = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "hoists"


def _confirm(rider: str) -> None:
    send_mail("Your seat", "See you.", "desk@example.com", [rider])


# case: the seat is taken only if it is free, and both are told that they have it
def take_seat(pk: int, rider: str) -> None:
    Seat.objects.filter(pk=pk, state="free").update(state="taken", rider=rider)  # expect: swallowed-conflict
    _confirm(rider)


# case: the loser is told of in the log only
def take_seat_logged(pk: int, rider: str) -> None:
    if not Seat.objects.filter(pk=pk, state="free").update(state="taken"):  # expect: swallowed-conflict
        print("taken before")
    _confirm(rider)


# case: whoever has lost leaves
def take_seat_or_leave(pk: int, rider: str) -> None:
    if not Seat.objects.filter(pk=pk, state="free").update(state="taken", rider=rider):
        return
    _confirm(rider)


# case: the row is read again, and only who stands in it is told
def take_seat_and_look(pk: int, rider: str) -> None:
    Seat.objects.filter(pk=pk, state="free").update(state="taken", rider=rider)
    if Seat.objects.get(pk=pk).rider == rider:
        _confirm(rider)


# case: the seats that are there are locked; the one that is added is not among them
@transaction.atomic
def add_seat(pk: int) -> None:
    seats = list(Seat.objects.select_for_update().filter(hoist_id=pk))
    if len(seats) >= 8:
        raise Raced(pk)
    Seat.objects.create(hoist_id=pk)  # expect: check-then-act


# case: the hoist itself is locked
@transaction.atomic
def add_seat_safely(pk: int) -> None:
    hoist = Hoist.objects.select_for_update().get(pk=pk)
    if hoist.seats.count() >= 8:
        raise Raced(pk)
    hoist.seats.create()


class HeldManager(models.Manager):
    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().select_for_update()


class Winch(models.Model):
    turns = models.IntegerField(default=0)

    objects = models.Manager()
    held = HeldManager()

    class Meta:
        app_label = "hoists"
        base_manager_name = "objects"


# case: a manager that gives its rows locked
@transaction.atomic
def turn(pk: int, by: int) -> None:
    winch = Winch.held.get(pk=pk)
    winch.turns = max(0, winch.turns - by)
    winch.save(update_fields=["turns"])


# case: the other manager doesn't
@transaction.atomic
def turn_unheld(pk: int, by: int) -> None:
    winch = Winch.objects.get(pk=pk)
    winch.turns = max(0, winch.turns - by)
    winch.save(update_fields=["turns"])  # expect: lost-update
