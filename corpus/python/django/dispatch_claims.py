"""Dispatching: jobs that are claimed, advisory locks by raw SQL, and rows that this transaction has written before."""
from __future__ import annotations

import functools
import hashlib
import uuid
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from celery import shared_task
from django.conf import settings
from django.db import connection, connections, models, transaction
from django.utils import timezone


class Depot(models.Model):
    open = models.BooleanField(default=False)

    class Meta:
        app_label = "dispatch"


class Parcel(models.Model):
    state = models.CharField(max_length=12, default="new")
    notes = models.JSONField(default=dict)
    attempts = models.IntegerField(default=0)
    weight = models.IntegerField(default=0)
    runner = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        app_label = "dispatch"

    # case: id=py-dj-2900 label=safe tier=3 note=row locked through the class of self, by its own key
    def weigh(self, grams: int) -> None:
        with transaction.atomic():
            row = self._meta.model.objects.select_for_update().get(pk=self.pk)
            row.weight += grams
            row.save(update_fields=["weight"])

    # case: id=py-dj-2901 label=safe tier=3 note=the same through type(self) and the base manager
    def unweigh(self, grams: int) -> None:
        with transaction.atomic():
            row = type(self)._base_manager.select_for_update().get(pk=self.pk)
            row.weight -= grams
            row.save(update_fields=["weight"])

    # case: id=py-dj-2902 label=race rule=lost-update tier=3 note=read through the model of self, no lock
    def reweigh(self, grams: int) -> None:
        row = self.__class__._default_manager.get(pk=self.pk)
        row.weight += grams
        row.save(update_fields=["weight"])  # expect: lost-update

    # case: id=py-dj-2903 label=race rule=lost-update tier=3 note=manager of the options, no lock
    def retare(self, grams: int) -> None:
        row = self._meta.default_manager.get(pk=self.pk)
        row.weight -= grams
        row.save(update_fields=["weight"])  # expect: lost-update

    # case: id=py-dj-2904 label=race rule=read-before-lock tier=3 note=locks the row of self, then counts up what self had before
    def retry(self) -> None:
        with transaction.atomic():
            self.__class__.objects.select_for_update().get(pk=self.pk)
            self.attempts += 1
            self.save(update_fields=["attempts"])  # expect: read-before-lock

    # case: id=py-dj-2905 label=safe tier=3 note=claimed under the lock: whoever asks next is turned away, the rest is its own
    def run(self) -> bool:
        with transaction.atomic():
            fresh = self._meta.model.objects.select_for_update().get(pk=self.pk)
            self.state = fresh.state
            if self.state == "running":
                return False
            if self.state != "new":
                raise ValueError(self.state)
            self.state = "running"
            self.save(update_fields=["state"])
        self.pack()
        if self.state == "running":
            self.state = "done"
        self.save(update_fields=["state"])
        return True

    def pack(self) -> None:
        if self.attempts > 3:
            raise ValueError(self.pk)
        self.attempts = 4
        self.save(update_fields=["attempts"])


# case: id=py-dj-2906 label=safe tier=3 note=an earlier lock of the row was given up, the claim takes it again and decides
@shared_task
def revive(parcel_id: int) -> None:
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
        if parcel.weight > 9000:
            return
        parcel.state = "new"
        parcel.save(update_fields=["state"])
    parcel.run()


# case: id=py-dj-2907 label=safe tier=3 note=claimed by one conditional update whose count is looked at
@shared_task
def carry(parcel_id: int) -> None:
    won = Parcel.objects.filter(pk=parcel_id, state="new").update(state="running")
    if not won:
        return
    parcel = Parcel.objects.get(pk=parcel_id)
    if parcel.runner == "":
        parcel.runner = "van"
        parcel.save(update_fields=["runner"])


# case: id=py-dj-2908 label=race rule=check-then-act tier=3 note=what is set passes the same test again: no claim
@shared_task
def carry_often(parcel_id: int) -> None:
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
        if parcel.attempts >= 5:
            return
        parcel.attempts += 1
        parcel.save(update_fields=["attempts"])
    if parcel.runner == "":
        parcel.runner = "van"
        parcel.save(update_fields=["runner"])  # expect: lock-outside-transaction|check-then-act


# case: id=py-dj-2909 label=safe tier=3 note=a claim that lasts for a while: the time is tested and moved on under the lock
@shared_task
def lease_and_carry(parcel_id: int) -> None:
    now = timezone.now()
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
        if parcel.leased_until > now:
            return
        parcel.leased_until = now + settings.PARCEL_LEASE
        parcel.save(update_fields=["leased_until"])
    if parcel.state == "new":
        Parcel.objects.filter(pk=parcel_id).update(state="running")


# case: id=py-dj-2910 label=safe tier=3 note=every write compares the token that only this run has put on the row
@shared_task
def walk(parcel_id: int) -> None:
    token = str(uuid.uuid4())
    Parcel.objects.filter(pk=parcel_id).update(runner=token)
    parcel = Parcel.objects.get(pk=parcel_id)
    if parcel.state == "new":
        Parcel.objects.filter(pk=parcel_id, runner=token).update(state="running")


def exclusively(number: int) -> Callable[..., Any]:
    """Run the function in a transaction that holds the lock, or not at all."""

    def decorate(func: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(func)
        def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [7, number])
                    (acquired,) = cursor.fetchone()
                if not acquired:
                    return None
                return func(self, *args, **kwargs)

        return wrapper

    return decorate


def carelessly(number: int) -> Callable[..., Any]:
    """The same, but nobody asks whether the lock was got."""

    def decorate(func: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(func)
        def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [7, number])
                return func(self, *args, **kwargs)

        return wrapper

    return decorate


def escalate() -> None:
    for parcel in Parcel.objects.filter(state="late"):
        parcel.attempts += 1
        parcel.save(update_fields=["attempts"])


class Beat:
    # case: id=py-dj-2911 label=safe tier=3 note=decorator takes the lock by raw SQL and returns where it is not got
    @exclusively(1)
    def escalate(self) -> None:
        escalate()

    # case: id=py-dj-2912 label=race rule=lost-update tier=3 note=the lock is tried and the answer ignored
    @carelessly(2)
    def forgive(self) -> None:
        for parcel in Parcel.objects.filter(state="late"):
            parcel.weight -= 1
            parcel.save(update_fields=["weight"])  # expect: lost-update

    def tick(self) -> None:
        self.escalate()
        self.forgive()


@contextmanager
def parcel_lock(depot: str, number: int) -> Iterator[bool]:
    key = int.from_bytes(hashlib.shake_128(f"{depot}!!{number}".encode()).digest(7), "little")
    cursor = connections[settings.PARCEL_DB].cursor()
    try:
        with transaction.atomic(using=settings.PARCEL_DB):
            cursor.execute("SELECT pg_try_advisory_lock(%s::bigint);", (key,))
            yield cursor.fetchone()[0]
    finally:
        cursor.execute("SELECT pg_advisory_unlock(%s::bigint);", (key,))
        cursor.close()


# case: id=py-dj-2913 label=safe tier=3 note=lock named after depot and parcel, whoever does not get it is refused
def annotate(depot: str, number: int, text: str) -> Parcel:
    with parcel_lock(depot, number) as acquired:
        if not acquired:
            raise RuntimeError("busy")
        parcel = Parcel.objects.get(pk=number)
        parcel.notes["last"] = text
        parcel.save(update_fields=["notes"])
        return parcel


# case: id=py-dj-2914 label=race rule=lost-update tier=3 note=the same lock, taken or not
def annotate_anyway(depot: str, number: int, text: str) -> Parcel:
    with parcel_lock(depot, number):
        parcel = Parcel.objects.get(pk=number)
        parcel.notes["last"] = text
        parcel.save(update_fields=["notes"])  # expect: lost-update
        return parcel


# case: id=py-dj-2915 label=race rule=lost-update tier=3 note=the row leaves the lock with the function that took it
def annotate_late(depot: str, number: int, text: str) -> None:
    parcel = load_locked(depot, number)
    parcel.notes["last"] = text
    parcel.save(update_fields=["notes"])  # expect: lost-update


def load_locked(depot: str, number: int) -> Parcel:
    with parcel_lock(depot, number) as acquired:
        if not acquired:
            raise RuntimeError("busy")
        return Parcel.objects.get(pk=number)


# case: id=py-dj-2916 label=safe tier=3 note=its own update has locked the row before it is read in the same transaction
@transaction.atomic
def bump(parcel_id: int) -> None:
    Parcel.objects.filter(pk=parcel_id).update(state="seen")
    parcel = Parcel.objects.get(pk=parcel_id)
    parcel.attempts = max(parcel.attempts, 1) * 2
    parcel.save(update_fields=["attempts"])


# case: id=py-dj-2917 label=race rule=lost-update tier=3 note=another row was updated before
@transaction.atomic
def bump_other(parcel_id: int, other_id: int) -> None:
    Parcel.objects.filter(pk=other_id).update(state="seen")
    parcel = Parcel.objects.get(pk=parcel_id)
    parcel.attempts = max(parcel.attempts, 1) * 2
    parcel.save(update_fields=["attempts"])  # expect: lost-update


# case: id=py-dj-3950 label=safe tier=3 note=its own update has locked all rows of the list before they are read
@transaction.atomic
def bump_all(parcel_ids: list[int]) -> None:
    Parcel.objects.filter(pk__in=parcel_ids).update(state="seen")
    for parcel in Parcel.objects.filter(pk__in=parcel_ids):
        parcel.attempts = max(parcel.attempts, 1) * 2
        parcel.save(update_fields=["attempts"])


# case: id=py-dj-3951 label=race rule=lost-update tier=3 note=only some rows of the list were updated before
@transaction.atomic
def bump_new(parcel_ids: list[int]) -> None:
    Parcel.objects.filter(pk__in=parcel_ids, state="new").update(state="seen")
    for parcel in Parcel.objects.filter(pk__in=parcel_ids):
        parcel.attempts = max(parcel.attempts, 1) * 2
        parcel.save(update_fields=["attempts"])  # expect: lost-update


# case: id=py-dj-3952 label=race rule=lost-update tier=3 note=the row of another table with that key was updated before
@transaction.atomic
def bump_after_depot(number: int) -> None:
    Depot.objects.filter(pk=number).update(open=True)
    parcel = Parcel.objects.get(pk=number)
    parcel.attempts = max(parcel.attempts, 1) * 2
    parcel.save(update_fields=["attempts"])  # expect: lost-update


# case: id=py-dj-2918 label=safe tier=2 note=another path only where the database is another one
def bump_on_postgres(parcel_id: int) -> None:
    with session_lock(parcel_id):
        parcel = Parcel.objects.get(pk=parcel_id)
        parcel.attempts = max(parcel.attempts, 1) * 2
        parcel.save(update_fields=["attempts"])


@contextmanager
def session_lock(number: int) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    else:
        yield
