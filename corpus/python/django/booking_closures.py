"""Bookings: closures handed to transaction runners, retry helpers and on_commit."""
from __future__ import annotations

import functools
import logging
import time
from typing import Callable, TypeVar

from django.db import DatabaseError, models, transaction
from django.db.models import F

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Flight(models.Model):
    code = models.CharField(max_length=8, unique=True)
    seats_left = models.IntegerField()
    version = models.IntegerField(default=0)
    manifest = models.JSONField(default=list)
    gate = models.CharField(max_length=6, blank=True)

    class Meta:
        app_label = "bookings"


class Notice(models.Model):
    flight = models.ForeignKey(Flight, on_delete=models.CASCADE)
    body = models.TextField()

    class Meta:
        app_label = "bookings"


class SoldOut(Exception):
    pass


class Conflict(Exception):
    pass


def in_transaction(work: Callable[[], T]) -> T:
    with transaction.atomic():
        return work()


def with_retry(work: Callable[[], T], attempts: int = 4) -> T:
    for attempt in range(attempts):
        try:
            return work()
        except (Conflict, DatabaseError):
            logger.info("attempt %d failed", attempt)
            time.sleep(0.05 * 2**attempt)
    raise Conflict("gave up")


# case: id=py-dj-2140 label=race rule=lost-update tier=3 note=closure reads and saves in the runner's transaction, no lock
def sell(code: str, seats: int) -> int:
    def work() -> int:
        flight = Flight.objects.get(code=code)
        if flight.seats_left < seats:
            raise SoldOut(code)
        flight.seats_left -= seats
        flight.save(update_fields=["seats_left"])  # expect: lost-update
        return flight.seats_left

    return in_transaction(work)


# case: id=py-dj-2141 label=safe tier=3 note=closure locks in the runner's transaction
def sell_locked(code: str, seats: int) -> int:
    def work() -> int:
        flight = Flight.objects.select_for_update().get(code=code)
        if flight.seats_left < seats:
            raise SoldOut(code)
        flight.seats_left -= seats
        flight.save(update_fields=["seats_left"])
        return flight.seats_left

    return in_transaction(work)


# case: id=py-dj-2142 label=race rule=read-before-lock|lost-update tier=3 note=row read outside, the closure saves the captured instance
def add_passenger(code: str, name: str) -> None:
    flight = Flight.objects.get(code=code)

    def work() -> None:
        flight.manifest.append(name)
        flight.save(update_fields=["manifest"])  # expect: read-before-lock|lost-update

    in_transaction(work)


# case: id=py-dj-2143 label=safe tier=3 note=retried closure reads again and compares the version it read
def add_passenger_versioned(code: str, name: str) -> None:
    def work() -> None:
        flight = Flight.objects.get(code=code)
        swapped = Flight.objects.filter(pk=flight.pk, version=flight.version).update(
            manifest=[*flight.manifest, name], version=F("version") + 1
        )
        if not swapped:
            raise Conflict(code)

    with_retry(work)


# case: id=py-dj-2144 label=race rule=lost-update tier=3 note=the version compared is read later than the manifest
def drop_passenger(code: str, name: str) -> None:
    flight = Flight.objects.get(code=code)
    manifest = [known for known in flight.manifest if known != name]

    def work() -> None:
        version = Flight.objects.values_list("version", flat=True).get(code=code)
        swapped = Flight.objects.filter(code=code, version=version).update(  # expect: lost-update
            manifest=manifest, version=version + 1
        )
        if not swapped:
            raise Conflict(code)

    with_retry(work)


# case: id=py-dj-2145 label=race rule=lost-update tier=2 note=transaction.atomic without the call opens nothing
def overbook(code: str, percent: int) -> None:
    with transaction.atomic:
        flight = Flight.objects.get(code=code)
        flight.seats_left += flight.seats_left * percent // 100
        flight.save(update_fields=["seats_left"])  # expect: lost-update


# case: id=py-dj-2146 label=race rule=lock-outside-transaction|lost-update tier=2 note=locked in the block, changed and saved by the callback after the commit
def trim_manifest(code: str, limit: int) -> None:
    with transaction.atomic():
        flight = Flight.objects.select_for_update().get(code=code)

        def shorten() -> None:
            flight.manifest = flight.manifest[:limit]
            flight.save(update_fields=["manifest"])  # expect: lock-outside-transaction|lost-update

        transaction.on_commit(shorten)


# case: id=py-dj-2147 label=safe tier=2 note=saved under the lock, the callback only writes a notice
def trim_manifest_locked(code: str, limit: int) -> None:
    with transaction.atomic():
        flight = Flight.objects.select_for_update().get(code=code)
        flight.manifest = flight.manifest[:limit]
        flight.save(update_fields=["manifest"])
        transaction.on_commit(lambda: Notice.objects.create(flight=flight, body="manifest trimmed"))


# case: id=py-dj-2148 label=race rule=lost-update tier=3 note=callback with bound arguments, reads and saves after the commit in autocommit
def _release(code: str, seats: int) -> None:
    flight = Flight.objects.get(code=code)
    flight.seats_left = flight.seats_left + seats
    flight.save(update_fields=["seats_left"])  # expect: lost-update


@transaction.atomic
def release_after_commit(code: str, seats: int, body: str) -> None:
    Notice.objects.create(flight=Flight.objects.get(code=code), body=body)
    transaction.on_commit(functools.partial(_release, code, seats))


# case: id=py-dj-2149 label=safe tier=3 note=callback with bound arguments, one expression
def _release_in_store(code: str, seats: int) -> None:
    Flight.objects.filter(code=code).update(seats_left=F("seats_left") + seats)


@transaction.atomic
def release_in_store_after_commit(code: str, seats: int, body: str) -> None:
    Notice.objects.create(flight=Flight.objects.get(code=code), body=body)
    transaction.on_commit(functools.partial(_release_in_store, code, seats))


def mutate_flight(code: str, change: Callable[[Flight], None], *, lock: bool) -> Flight:
    with transaction.atomic():
        queryset = Flight.objects.select_for_update() if lock else Flight.objects.all()
        flight = queryset.get(code=code)
        change(flight)
    return flight


# case: id=py-dj-2150 label=safe tier=3 note=callback changes and saves the row that the helper locked
def swap_passenger(code: str, old: str, new: str) -> Flight:
    def change(flight: Flight) -> None:
        flight.manifest = [new if known == old else known for known in flight.manifest]
        flight.save(update_fields=["manifest"])

    return mutate_flight(code, change, lock=True)


# case: id=py-dj-2151 label=safe tier=2 note=closure of the retry helper does one conditional update, its count decides
def sell_in_store(code: str, seats: int) -> None:
    def work() -> None:
        sold = Flight.objects.filter(code=code, seats_left__gte=seats).update(seats_left=F("seats_left") - seats)
        if sold == 0:
            raise SoldOut(code)

    with_retry(work)
