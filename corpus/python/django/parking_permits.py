"""Parking permits: zones with a number of spaces, permits issued by the desk, nightly renewal."""
from __future__ import annotations

import logging
from typing import Any

from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models import Case, F, Value, When

logger = logging.getLogger(__name__)


class Zone(models.Model):
    code = models.CharField(max_length=6, unique=True)
    free_spaces = models.IntegerField(default=0)
    remarks = models.JSONField(default=list)

    class Meta:
        app_label = "parking"


class Permit(models.Model):
    plate = models.CharField(max_length=10, unique=True)
    state = models.CharField(max_length=10, default="draft")
    renewals = models.IntegerField(default=0)

    class Meta:
        app_label = "parking"


class Superseded(Exception):
    pass


# case: id=py-dj-3001 label=safe tier=2 note=the row was created by this very run when it is filled and saved
def open_zone(code: str, spaces: int) -> Zone:
    zone, created = Zone.objects.get_or_create(code=code)
    if created:
        zone.free_spaces = zone.free_spaces + spaces
        zone.save()
    return zone


# case: id=py-dj-3002 label=race rule=lost-update tier=2 note=the row may have been there before, its spaces are counted up in Python
def extend_zone(code: str, spaces: int) -> Zone:
    zone, created = Zone.objects.get_or_create(code=code)
    zone.free_spaces = zone.free_spaces + spaces
    zone.save(update_fields=["free_spaces"])  # expect: lost-update
    logger.info("zone %s (%s) has %d spaces", code, "new" if created else "known", zone.free_spaces)
    return zone


# case: id=py-dj-3003 label=safe tier=2 note=the floor stands in the same statement
def take_space(zone_id: int) -> None:
    Zone.objects.filter(pk=zone_id).update(
        free_spaces=Case(When(free_spaces__gt=0, then=F("free_spaces") - 1), default=Value(0))
    )


# case: id=py-dj-3004 label=safe tier=2 note=the count is looked at, only a cancelled permit is let through
def activate(permit: Permit) -> None:
    moved = Permit.objects.filter(pk=permit.pk, state="draft").update(state="active")
    if moved == 1:
        permit.state = "active"
    else:
        permit.refresh_from_db()
        if permit.state != "cancelled":
            raise Superseded(permit.plate)


# case: id=py-dj-3005 label=safe tier=2 note=only the one who adds the key goes on
def renew(permit_id: int) -> bool:
    if not cache.add(f"permit-renewal:{permit_id}", 1, timeout=600):
        return False
    permit = Permit.objects.get(pk=permit_id)
    permit.renewals += 1
    permit.save(update_fields=["renewals"])
    return True


# case: id=py-dj-3006 label=safe tier=2 note=an advisory lock that is tried, the answer is looked at
@transaction.atomic
def remark(zone_id: int, text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [zone_id])
        if not cursor.fetchone()[0]:
            return False
    zone = Zone.objects.get(pk=zone_id)
    zone.remarks.append(text)
    zone.save(update_fields=["remarks"])
    return True


# case: id=py-dj-3007 label=race rule=lost-update tier=1 note=the same without the lock
def remark_unlocked(zone_id: int, text: str) -> Any:
    zone = Zone.objects.get(pk=zone_id)
    zone.remarks.append(text)
    zone.save(update_fields=["remarks"])  # expect: lost-update
    return zone.remarks
