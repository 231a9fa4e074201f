"""Depots: advisory locks, cache locks, and decorators of the project that take row locks."""
from __future__ import annotations

import functools
import logging
import zlib
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from celery import shared_task
from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models import Max
from django_pglocks import advisory_lock

logger = logging.getLogger(__name__)


class Depot(models.Model):
    code = models.CharField(max_length=8, unique=True)
    fuel_litres = models.IntegerField(default=0)
    seals = models.JSONField(default=list)
    phase = models.CharField(max_length=12, default="idle")

    class Meta:
        app_label = "depots"


class Waybill(models.Model):
    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="waybills")
    number = models.IntegerField()
    freight = models.CharField(max_length=60)

    class Meta:
        app_label = "depots"


class Busy(Exception):
    pass


@contextmanager
def depot_lock(depot_id: int, namespace: str = "depot") -> Iterator[None]:
    """Hold the depot's advisory lock until the transaction ends."""
    key = zlib.crc32(f"{namespace}:{depot_id}".encode())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        yield


def with_locked_depot(func: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(func)
    def wrapper(depot_id: int, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            depot = Depot.objects.select_for_update().get(pk=depot_id)
            return func(depot, *args, **kwargs)

    return wrapper


def with_depot(func: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(func)
    def wrapper(depot_id: int, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            depot = Depot.objects.get(pk=depot_id)
            return func(depot, *args, **kwargs)

    return wrapper


def locks_own_depot(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            self.depot = Depot.objects.select_for_update().get(pk=self.depot.pk)
            return method(self, *args, **kwargs)

    return wrapper


# case: id=py-dj-2100 label=safe tier=3 note=advisory transaction lock keyed by the depot, read and save under it
def pump(depot_id: int, litres: int) -> int:
    with depot_lock(depot_id):
        depot = Depot.objects.get(pk=depot_id)
        depot.fuel_litres = max(0, depot.fuel_litres - litres)
        depot.save(update_fields=["fuel_litres"])
    return depot.fuel_litres


# case: id=py-dj-2101 label=race rule=read-before-lock tier=3 note=depot read before the advisory lock, its stale value saved under it
def pump_late(depot_id: int, litres: int) -> int:
    depot = Depot.objects.get(pk=depot_id)
    with depot_lock(depot_id):
        depot.fuel_litres = max(0, depot.fuel_litres - litres)
        depot.save(update_fields=["fuel_litres"])  # expect: read-before-lock
    return depot.fuel_litres


# case: id=py-dj-2102 label=race rule=lost-update tier=3 note=lock key is the driver's, the depot is shared by all drivers
def pump_for_driver(depot_id: int, driver_id: int, litres: int) -> None:
    with depot_lock(driver_id, namespace="driver"):
        depot = Depot.objects.get(pk=depot_id)
        depot.fuel_litres -= litres
        depot.save(update_fields=["fuel_litres"])  # expect: lost-update


# case: id=py-dj-2103 label=safe tier=3 note=next number under the advisory lock of the depot
def issue_waybill(depot: Depot, freight: str) -> Waybill:
    with depot_lock(depot.pk):
        last = Waybill.objects.filter(depot=depot).aggregate(last=Max("number"))["last"] or 0
        return Waybill.objects.create(depot=depot, number=last + 1, freight=freight)


# case: id=py-dj-2104 label=race rule=check-then-create|lost-update tier=2 note=next number inside plain atomic, pair not unique
@transaction.atomic
def issue_waybill_unlocked(depot: Depot, freight: str) -> Waybill:
    last = Waybill.objects.filter(depot=depot).aggregate(last=Max("number"))["last"] or 0
    return Waybill.objects.create(depot=depot, number=last + 1, freight=freight)  # expect: check-then-create|lost-update


# case: id=py-dj-2105 label=safe tier=2 note=django-pglocks around read and save
@shared_task
def seal(depot_id: int, number: str) -> None:
    with advisory_lock(f"depot-seals-{depot_id}"):
        depot = Depot.objects.get(pk=depot_id)
        depot.seals.append(number)
        depot.save(update_fields=["seals"])


# case: id=py-dj-2106 label=race rule=lost-update tier=2 note=wait=False yields whether the lock was got, nobody looks
@shared_task
def unseal(depot_id: int, number: str) -> None:
    with advisory_lock(f"depot-seals-{depot_id}", wait=False):
        depot = Depot.objects.get(pk=depot_id)
        depot.seals = [known for known in depot.seals if known != number]
        depot.save(update_fields=["seals"])  # expect: lost-update


# case: id=py-dj-2107 label=safe tier=2 note=wait=False and the answer is looked at
@shared_task
def unseal_checked(depot_id: int, number: str) -> None:
    with advisory_lock(f"depot-seals-{depot_id}", wait=False) as acquired:
        if not acquired:
            raise Busy(depot_id)
        depot = Depot.objects.get(pk=depot_id)
        depot.seals = [known for known in depot.seals if known != number]
        depot.save(update_fields=["seals"])


# case: id=py-dj-2108 label=race rule=lost-update tier=2 note=session advisory lock given up before the transaction commits
@transaction.atomic
def top_up(depot_id: int, litres: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [depot_id])
        depot = Depot.objects.get(pk=depot_id)
        depot.fuel_litres += litres
        depot.save(update_fields=["fuel_litres"])  # expect: lost-update
        cursor.execute("SELECT pg_advisory_unlock(%s)", [depot_id])


# case: id=py-dj-2109 label=race rule=non-atomic-lock tier=2 note=flag in the cache taken by get and then set
@shared_task
def nightly_report(depot_id: int) -> None:
    key = f"depot-report:{depot_id}"
    if cache.get(key):
        return
    cache.set(key, 1, timeout=3600)  # expect: non-atomic-lock
    logger.info("report of depot %s", depot_id)


# case: id=py-dj-2110 label=safe tier=2 note=flag taken by cache.add, the answer decides, it ends by its expiry
@shared_task
def nightly_report_once(depot_id: int) -> None:
    if not cache.add(f"depot-report-once:{depot_id}", 1, timeout=3600):
        return
    logger.info("report of depot %s", depot_id)


# case: id=py-dj-2111 label=safe tier=3 note=decorator opens the transaction and hands in the locked row
@with_locked_depot
def drain(depot: Depot, litres: int) -> int:
    if depot.fuel_litres < litres:
        raise Busy(depot.code)
    depot.fuel_litres -= litres
    depot.save(update_fields=["fuel_litres"])
    return depot.fuel_litres


# case: id=py-dj-2112 label=race rule=lost-update tier=3 note=decorator opens a transaction, its read takes no lock
@with_depot
def drain_loosely(depot: Depot, litres: int) -> int:
    if depot.fuel_litres < litres:
        raise Busy(depot.code)
    depot.fuel_litres -= litres
    depot.save(update_fields=["fuel_litres"])  # expect: lost-update
    return depot.fuel_litres


class DepotDesk:
    def __init__(self, code: str) -> None:
        self.depot = Depot.objects.get(code=code)

    # case: id=py-dj-2113 label=safe tier=3 note=decorator swaps the attribute for a locked row
    @locks_own_depot
    def start_loading(self) -> bool:
        if self.depot.phase != "idle":
            return False
        self.depot.phase = "loading"
        self.depot.save(update_fields=["phase"])
        return True

    # case: id=py-dj-2114 label=race rule=check-then-act tier=3 note=the row read by the constructor is tested and saved
    def stop_loading(self) -> bool:
        if self.depot.phase != "loading":
            return False
        self.depot.phase = "idle"
        self.depot.save(update_fields=["phase"])  # expect: check-then-act
        return True
