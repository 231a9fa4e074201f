"""Spare parts: quantities moved by expressions, by Python, and by a mixture of both."""
from __future__ import annotations

import logging
from decimal import Decimal
from typing import Iterable, Mapping

from celery import shared_task
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.db.models.functions import Greatest

logger = logging.getLogger(__name__)


class OutOfParts(Exception):
    def __init__(self, sku: str) -> None:
        super().__init__(f"not enough of {sku}")
        self.sku = sku


class Part(models.Model):
    sku = models.CharField(max_length=24, unique=True)
    on_hand = models.IntegerField(default=0)
    allotted = models.PositiveIntegerField(default=0)
    price_cents = models.IntegerField(default=0)
    shelf = models.CharField(max_length=12, blank=True)

    class Meta:
        app_label = "parts"


class Movement(models.Model):
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="movements")
    quantity = models.IntegerField()
    reason = models.CharField(max_length=40)

    class Meta:
        app_label = "parts"


# case: id=py-dj-2000 label=safe tier=1 note=expression assigned, saved by update_fields, refreshed before it is shown
def receive(sku: str, quantity: int) -> int:
    part = Part.objects.get(sku=sku)
    part.on_hand = F("on_hand") + quantity
    part.save(update_fields=["on_hand"])
    part.refresh_from_db(fields=["on_hand"])
    logger.info("%s: %d on hand", sku, part.on_hand)
    return part.on_hand


# case: id=py-dj-2001 label=race rule=stale-overwrite tier=1 note=the expression is safe, the whole save puts the other columns back
def receive_return(sku: str, quantity: int) -> None:
    part = Part.objects.get(sku=sku)
    part.on_hand = F("on_hand") + quantity
    part.save()  # expect: stale-overwrite
    Movement.objects.create(part=part, quantity=quantity, reason="return")


# case: id=py-dj-2002 label=safe tier=2 note=expression stays on the instance, the second save names another column only
def receive_onto_shelf(sku: str, quantity: int, shelf: str) -> None:
    part = Part.objects.get(sku=sku)
    part.on_hand = F("on_hand") + quantity
    part.save(update_fields=["on_hand"])
    if part.shelf != shelf:
        part.shelf = shelf
        part.save(update_fields=["shelf"])


# case: id=py-dj-2003 label=race rule=lost-update tier=2 note=first field by expression, then refreshed and the second computed in Python
def receive_and_allot(sku: str, quantity: int) -> None:
    part = Part.objects.get(sku=sku)
    part.on_hand = F("on_hand") + quantity
    part.save(update_fields=["on_hand"])
    part.refresh_from_db()
    part.allotted = min(part.allotted + quantity, part.on_hand)
    part.save(update_fields=["allotted"])  # expect: lost-update


# case: id=py-dj-2004 label=safe tier=2 note=incremented in memory for the reply only, the store adds by expression
def book_in(sku: str, quantity: int) -> dict[str, int | str]:
    part = Part.objects.get(sku=sku)
    part.on_hand += quantity
    Part.objects.filter(pk=part.pk).update(on_hand=F("on_hand") + quantity)
    Movement.objects.create(part=part, quantity=quantity, reason="book-in")
    return {"sku": part.sku, "on_hand": part.on_hand}


# case: id=py-dj-2005 label=race rule=lost-update tier=2 note=incremented in memory, then by expression, then the stale value saved with the shelf
def book_in_at(sku: str, quantity: int, shelf: str) -> Part:
    part = Part.objects.get(sku=sku)
    part.on_hand += quantity
    Part.objects.filter(pk=part.pk).update(on_hand=F("on_hand") + quantity)
    if shelf:
        part.shelf = shelf
        part.save()  # expect: lost-update
    return part


# case: id=py-dj-2006 label=race rule=lost-update tier=2 note=bulk_update of prices computed from the rows read
@shared_task
def raise_prices(prefix: str, percent: str) -> int:
    factor = 1 + Decimal(percent) / 100
    parts = list(Part.objects.filter(sku__startswith=prefix))
    for part in parts:
        part.price_cents = int(part.price_cents * factor)
    Part.objects.bulk_update(parts, ["price_cents"], batch_size=500)  # expect: lost-update
    return len(parts)


# case: id=py-dj-2007 label=safe tier=2 note=bulk_update of expressions, one different delta a row
def apply_count(deltas: Mapping[str, int]) -> int:
    parts = list(Part.objects.filter(sku__in=deltas.keys()))
    for part in parts:
        part.on_hand = F("on_hand") + abs(deltas[part.sku])
    return Part.objects.bulk_update(parts, ["on_hand"])


# case: id=py-dj-2008 label=safe tier=2 note=the same computation on rows locked in key order
@shared_task
def raise_prices_locked(prefix: str, percent: str) -> int:
    factor = 1 + Decimal(percent) / 100
    with transaction.atomic():
        parts = list(Part.objects.select_for_update().filter(sku__startswith=prefix).order_by("pk"))
        for part in parts:
            part.price_cents = int(part.price_cents * factor)
        Part.objects.bulk_update(parts, ["price_cents"])
    return len(parts)


# case: id=py-dj-2009 label=safe tier=2 note=unsigned column refuses to pass zero, the error is handled
def release_allotment(sku: str, quantity: int) -> None:
    try:
        with transaction.atomic():
            Part.objects.filter(sku=sku).update(allotted=F("allotted") - quantity)
    except IntegrityError as exc:
        raise OutOfParts(sku) from exc


# case: id=py-dj-2010 label=race rule=unconditional-update tier=1 note=signed column, nothing stops the decrement at zero
def scrap(sku: str, quantity: int) -> None:
    Part.objects.filter(sku=sku).update(on_hand=F("on_hand") - quantity)  # expect: unconditional-update
    logger.warning("%d of %s scrapped", quantity, sku)


# case: id=py-dj-2011 label=safe tier=1 note=floor repeated in the filter, the count decides
def scrap_checked(sku: str, quantity: int) -> None:
    if not Part.objects.filter(sku=sku, on_hand__gte=quantity).update(on_hand=F("on_hand") - quantity):
        raise OutOfParts(sku)
    logger.warning("%d of %s scrapped", quantity, sku)


# case: id=py-dj-2012 label=race rule=check-then-act tier=2 note=expression on the instance after a test of its loaded value, in a loop over a pick list
def pick(lines: Iterable[tuple[str, int]]) -> list[str]:
    picked: list[str] = []
    for sku, wanted in lines:
        part = Part.objects.get(sku=sku)
        if part.on_hand < wanted:
            logger.info("short of %s", sku)
            continue
        part.on_hand = F("on_hand") - wanted
        part.save(update_fields=["on_hand"])  # expect: check-then-act
        picked.append(sku)
    return picked


# case: id=py-dj-2013 label=safe tier=2 note=the floor is a database function in the expression
def write_off(sku: str, quantity: int) -> None:
    part = Part.objects.only("pk").get(sku=sku)
    part.on_hand = Greatest(F("on_hand") - quantity, 0)
    part.save(update_fields=["on_hand"])
