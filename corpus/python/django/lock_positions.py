"""Warehouse bins: where row locks are taken, and where they only seem to be."""
from __future__ import annotations

import logging
from typing import Iterable

from celery import shared_task
from django.db import models, transaction
from django.shortcuts import get_object_or_404

logger = logging.getLogger(__name__)


class Site(models.Model):
    code = models.CharField(max_length=8, unique=True)
    next_pallet = models.IntegerField(default=1)

    class Meta:
        app_label = "bins"


class Bin(models.Model):
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="bins")
    label = models.CharField(max_length=16)
    units = models.IntegerField(default=0)
    capacity = models.IntegerField(default=100)
    frozen = models.BooleanField(default=False)

    class Meta:
        app_label = "bins"


class BinFull(Exception):
    pass


# case: id=py-dj-1040 label=race rule=lock-outside-transaction tier=1 note=locking read evaluated in autocommit
def add_units(bin_id: int, units: int) -> int:
    row = Bin.objects.select_for_update().get(pk=bin_id)
    row.units += units
    row.save(update_fields=["units"])  # expect: lock-outside-transaction
    return row.units


# case: id=py-dj-1041 label=safe tier=2 note=locking queryset built before the block, evaluated inside by first
def add_units_late(bin_id: int, units: int) -> int:
    candidates = Bin.objects.select_for_update().filter(pk=bin_id)
    with transaction.atomic():
        row = candidates.first()
        if row is None:
            raise Bin.DoesNotExist(bin_id)
        row.units += units
        row.save(update_fields=["units"])
    return row.units


# case: id=py-dj-1042 label=race rule=lost-update tier=2 note=locking queryset is built and never evaluated
def add_units_unlocked(bin_id: int, units: int) -> int:
    with transaction.atomic():
        Bin.objects.select_for_update().filter(pk=bin_id)
        row = Bin.objects.get(pk=bin_id)
        row.units += units
        row.save(update_fields=["units"])  # expect: lost-update
    return row.units


# case: id=py-dj-1043 label=race rule=read-before-lock tier=2 note=instance read before atomic, lock result dropped, stale value saved
def remove_units(bin_id: int, units: int) -> int:
    row = Bin.objects.get(pk=bin_id)
    with transaction.atomic():
        Bin.objects.select_for_update().get(pk=bin_id)
        row.units -= units
        row.save(update_fields=["units"])  # expect: read-before-lock
    return row.units


# case: id=py-dj-1044 label=safe tier=2 note=lock result dropped, then refresh_from_db makes the row current
def remove_units_refreshed(bin_id: int, units: int) -> int:
    row = Bin.objects.get(pk=bin_id)
    with transaction.atomic():
        Bin.objects.select_for_update().get(pk=bin_id)
        row.refresh_from_db()
        if row.units < units:
            raise BinFull(bin_id)
        row.units -= units
        row.save(update_fields=["units"])
    return row.units


# case: id=py-dj-1045 label=race rule=lost-update tier=2 note=refresh_from_db just before narrows, it does not lock
def recount(bin_id: int, delta: int) -> None:
    with transaction.atomic():
        row = get_object_or_404(Bin, pk=bin_id)
        if row.frozen:
            return
        row.refresh_from_db()
        row.units = max(row.units + delta, 0)
        row.save(update_fields=["units"])  # expect: lost-update


# case: id=py-dj-1046 label=safe tier=2 note=get_object_or_404 over a locking queryset
@transaction.atomic
def recount_locked(bin_id: int, delta: int) -> None:
    row = get_object_or_404(Bin.objects.select_related("site").select_for_update(of=("self",)), pk=bin_id)
    if not row.frozen:
        row.units = max(row.units + delta, 0)
        row.save(update_fields=["units"])


# case: id=py-dj-1047 label=race rule=check-then-create tier=2 note=a row that is absent can't be locked, label is not unique
@transaction.atomic
def ensure_bin(site_id: int, label: str) -> bool:
    if Bin.objects.select_for_update().filter(site_id=site_id, label=label).exists():
        return False
    Bin.objects.create(site_id=site_id, label=label)  # expect: check-then-create
    return True


# case: id=py-dj-1048 label=race rule=lost-update tier=2 note=plain read inside atomic on a named alias
def empty_into(bin_id: int, units: int) -> None:
    with transaction.atomic(using="warehouse"):
        row = Bin.objects.using("warehouse").get(pk=bin_id)
        row.units += units
        row.save(using="warehouse", update_fields=["units"])  # expect: lost-update


# case: id=py-dj-1049 label=race rule=lock-outside-transaction tier=2 note=lock and transaction are on another alias than the save
def move_in(bin_id: int, units: int) -> None:
    with transaction.atomic():
        row = Bin.objects.using("warehouse").select_for_update().get(pk=bin_id)
        row.units += units
        row.save(using="warehouse", update_fields=["units"])  # expect: lock-outside-transaction


# case: id=py-dj-1050 label=safe tier=2 note=transaction, lock and save on the same alias
def move_in_same_alias(bin_id: int, units: int) -> None:
    with transaction.atomic(using="warehouse"):
        row = Bin.objects.using("warehouse").select_for_update().get(pk=bin_id)
        row.units += units
        row.save(using="warehouse", update_fields=["units"])


# case: id=py-dj-1051 label=safe tier=2 note=lock evaluated by list, rows saved in the loop, order fixed
@shared_task
def level_site(site_code: str, target: int) -> int:
    changed = 0
    with transaction.atomic(durable=True):
        rows = list(Bin.objects.filter(site__code=site_code).order_by("pk").select_for_update(skip_locked=True))
        for row in rows:
            if row.units > target:
                row.units = target
                row.save(update_fields=["units"])
                changed += 1
    return changed


# case: id=py-dj-1052 label=race rule=lock-outside-transaction|lost-update tier=2 note=rows locked in one block, saved after it ended
def drain(bin_ids: Iterable[int], units: int) -> None:
    with transaction.atomic():
        rows = list(Bin.objects.select_for_update().filter(pk__in=list(bin_ids)).order_by("pk"))
    for row in rows:
        row.units = max(0, row.units - units)
        row.save(update_fields=["units"])  # expect: lock-outside-transaction|lost-update


# case: id=py-dj-1053 label=safe tier=2 note=parent locked into an unused name, children read after it
@transaction.atomic
def redistribute(site_id: int, units: int) -> int:
    _site = Site.objects.select_for_update().get(pk=site_id)
    for row in Bin.objects.filter(site=_site, frozen=False).order_by("label"):
        room = row.capacity - row.units
        if room >= units:
            row.units += units
            row.save(update_fields=["units"])
            return row.pk
    raise BinFull(site_id)


# case: id=py-dj-1054 label=race rule=lost-update tier=2 note=the lock is on another site's row, unrelated to the bin
@transaction.atomic
def receive(bin_id: int, office_code: str, units: int) -> None:
    office = Site.objects.select_for_update().get(code=office_code)
    row = Bin.objects.get(pk=bin_id)
    row.units += units
    row.save(update_fields=["units"])  # expect: lost-update
    logger.info("office %s booked %d units", office.code, units)


# case: id=py-dj-1055 label=safe tier=2 note=unlocked pre-check, then locked read and the check again
def withdraw(bin_id: int, units: int) -> int:
    if Bin.objects.get(pk=bin_id).units < units:
        raise BinFull(bin_id)
    with transaction.atomic():
        row = Bin.objects.select_for_update(nowait=True).get(pk=bin_id)
        if row.units < units:
            raise BinFull(bin_id)
        row.units -= units
        row.save(update_fields=["units"])
    return row.units


# case: id=py-dj-1056 label=race rule=check-then-act tier=2 note=select_for_update chained with update locks nothing for the check
@transaction.atomic
def freeze(bin_id: int) -> bool:
    row = Bin.objects.get(pk=bin_id)
    if row.frozen or row.units:
        return False
    Bin.objects.select_for_update().filter(pk=bin_id).update(frozen=True)  # expect: check-then-act
    return True
