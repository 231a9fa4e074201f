"""Toll ledgers: one transaction around each booking, entered by a context manager of the program's own."""
from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import Iterator

from django.db import models, transaction
from django.http import HttpRequest, JsonResponse

logger = logging.getLogger(__name__)


class Ledger(models.Model):
    plate = models.CharField(max_length=12, unique=True)
    credit = models.IntegerField(default=0)

    class Meta:
        app_label = "tolls"


@contextmanager
def booked() -> Iterator[None]:
    with transaction.atomic():
        logger.debug("begin")
        yield
        logger.debug("end")


@contextmanager
def logged(name: str) -> Iterator[None]:
    logger.info("begin of %s", name)
    yield
    logger.info("end of %s", name)


def locked(plate: str) -> Ledger:
    return Ledger.objects.select_for_update().get(plate=plate)


@booked()
def pass_gate(plate: str, fee: int) -> int:
    ledger = locked(plate)
    ledger.credit -= fee
    ledger.save(update_fields=["credit"])
    return ledger.credit


@logged("refund")
def refund(plate: str, fee: int) -> int:
    ledger = locked(plate)
    ledger.credit += fee
    ledger.save(update_fields=["credit"])  # expect: lock-outside-transaction
    return ledger.credit


# The transaction ends with the call.
@booked()
def look_up(plate: str) -> Ledger:
    return locked(plate)


def charge_looked_up(plate: str, fee: int) -> None:
    ledger = look_up(plate)
    ledger.credit -= fee
    ledger.save(update_fields=["credit"])  # expect: lock-outside-transaction


@booked()
def top_up(request: HttpRequest, plate: str) -> JsonResponse:
    ledger = Ledger.objects.get(plate=plate)
    ledger.credit += int(request.POST["amount"])
    ledger.save(update_fields=["credit"])  # expect: lost-update
    return JsonResponse({"credit": ledger.credit})


def pass_gates(plate: str, fees: list[int]) -> None:
    for fee in fees:
        logger.info("left: %s", pass_gate(plate, fee))
