"""Treasury: abstract services, mixins that lock or don't, helpers that save what they are handed."""
from __future__ import annotations

import abc
import logging
from decimal import Decimal
from typing import Generic, TypeVar

from celery import shared_task
from django.db import models, transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View

logger = logging.getLogger(__name__)

RowT = TypeVar("RowT", bound=models.Model)


class InsufficientFunds(Exception):
    pass


class Purse(models.Model):
    holder = models.CharField(max_length=80, unique=True)
    balance = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    pledged = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    frozen = models.BooleanField(default=False)

    class Meta:
        app_label = "treasury"


class Grant(models.Model):
    title = models.CharField(max_length=80)
    remaining = models.DecimalField(max_digits=12, decimal_places=2)
    stage = models.CharField(max_length=10, default="draft")

    class Meta:
        app_label = "treasury"


class RowService(abc.ABC, Generic[RowT]):
    """Template: fetch the row in a transaction, let the subclass work on it."""

    model: type[RowT]

    def fetch(self, pk: int) -> RowT:
        return self.model._default_manager.get(pk=pk)

    def execute(self, pk: int, amount: Decimal) -> RowT:
        with transaction.atomic():
            row = self.fetch(pk)
            self.apply(row, amount)
        return row

    @abc.abstractmethod
    def apply(self, row: RowT, amount: Decimal) -> None: ...


class PledgeService(RowService[Purse]):
    model = Purse

    # case: id=py-dj-2120 label=race rule=lost-update tier=3 note=hook of a template whose default fetch takes no lock
    def apply(self, row: Purse, amount: Decimal) -> None:
        row.pledged += amount
        row.save(update_fields=["pledged"])  # expect: lost-update


class LockingRowMixin:
    model: type[models.Model]

    def fetch(self, pk: int) -> models.Model:
        return self.model._default_manager.select_for_update().get(pk=pk)


class SpendService(LockingRowMixin, RowService[Purse]):
    model = Purse

    # case: id=py-dj-2121 label=safe tier=3 note=the mixin's fetch comes first and locks
    def apply(self, row: Purse, amount: Decimal) -> None:
        if row.balance < amount:
            raise InsufficientFunds(row.holder)
        row.balance -= amount
        row.save(update_fields=["balance"])


class GrantDrawService(RowService[Grant]):
    model = Grant

    def fetch(self, pk: int) -> Grant:
        return get_object_or_404(Grant.objects.select_for_update(no_key=True), pk=pk)

    # case: id=py-dj-2122 label=safe tier=3 note=overridden fetch is get_object_or_404 over a locking queryset
    def apply(self, row: Grant, amount: Decimal) -> None:
        if row.stage != "open" or row.remaining < amount:
            raise InsufficientFunds(row.title)
        row.remaining -= amount
        row.save(update_fields=["remaining"])


# case: id=py-dj-2123 label=race rule=lost-update tier=3 note=saves what it is handed, PaymentView locks, book_interest does not (caller book_interest)
def credit(purse: Purse, amount: Decimal) -> Purse:
    purse.balance += amount
    purse.save(update_fields=["balance"])  # expect: lost-update
    return purse


# case: id=py-dj-2124 label=safe tier=3 note=saves what it is handed, both callers hold the row lock
def debit(purse: Purse, amount: Decimal) -> Purse:
    if purse.frozen or purse.balance < amount:
        raise InsufficientFunds(purse.holder)
    purse.balance -= amount
    purse.save(update_fields=["balance"])
    return purse


class PaymentView(View):
    @transaction.atomic
    def post(self, request: HttpRequest, holder: str) -> JsonResponse:
        purse = Purse.objects.select_for_update().get(holder=holder)
        credit(purse, Decimal(request.POST["amount"]))
        return JsonResponse({"balance": str(purse.balance)})

    def delete(self, request: HttpRequest, holder: str) -> JsonResponse:
        with transaction.atomic():
            purse = get_object_or_404(Purse.objects.select_for_update(), holder=holder)
            debit(purse, Decimal(request.GET["amount"]))
        return JsonResponse({"balance": str(purse.balance)})


@shared_task
def book_interest(rate: str) -> int:
    booked = 0
    for purse in Purse.objects.filter(frozen=False).iterator():
        credit(purse, (purse.balance * Decimal(rate)).quantize(Decimal("0.01")))
        booked += 1
    return booked


@shared_task
def collect_fee(fee: str) -> int:
    with transaction.atomic():
        purses = list(Purse.objects.select_for_update(skip_locked=True).filter(balance__gte=Decimal(fee)))
        for purse in purses:
            debit(purse, Decimal(fee))
    return len(purses)


class PurseStore:
    """Thin gateway: values in, values out."""

    def balance_of(self, purse_id: int) -> Decimal:
        return Purse.objects.values_list("balance", flat=True).get(pk=purse_id)

    # case: id=py-dj-2125 label=race rule=lost-update tier=3 note=writes a balance that the caller computed from its read (caller apply_penalty)
    def set_balance(self, purse_id: int, balance: Decimal) -> None:
        Purse.objects.filter(pk=purse_id).update(balance=balance)  # todo-silent: lost-update

    # case: id=py-dj-2126 label=safe tier=3 note=compare and swap, the caller looks at the answer and reads again (caller apply_rebate)
    def swap_balance(self, purse_id: int, old: Decimal, new: Decimal) -> bool:
        return Purse.objects.filter(pk=purse_id, balance=old).update(balance=new) == 1


def apply_penalty(store: PurseStore, purse_id: int, share: Decimal) -> Decimal:
    left = store.balance_of(purse_id) * (1 - share)
    store.set_balance(purse_id, left)  # todo: lost-update
    return left


def apply_rebate(store: PurseStore, purse_id: int, share: Decimal) -> Decimal:
    for _ in range(5):
        old = store.balance_of(purse_id)
        new = old * (1 + share)
        if store.swap_balance(purse_id, old, new):
            return new
    raise InsufficientFunds(f"purse {purse_id} is busy")


class StageMixin:
    """Moves a row from one stage to the next."""

    stage: str

    # case: id=py-dj-2127 label=race rule=check-then-act tier=3 note=method of a mixin, publish calls it on an unlocked row (caller publish)
    def advance(self, row: Grant, expected: str, wanted: str) -> bool:
        if row.stage != expected:
            logger.info("grant %s is %s", row.pk, row.stage)
            return False
        row.stage = wanted
        row.save(update_fields=["stage"])  # expect: check-then-act
        return True


class GrantDesk(StageMixin):
    def publish(self, pk: int) -> bool:
        return self.advance(Grant.objects.get(pk=pk), "draft", "open")

    # case: id=py-dj-2128 label=safe tier=2 note=locked again after the unlocked look, the test repeated
    def close(self, pk: int) -> bool:
        if Grant.objects.get(pk=pk).stage != "open":
            return False
        with transaction.atomic():
            grant = Grant.objects.select_for_update().get(pk=pk)
            if grant.stage != "open":
                return False
            grant.stage = "closed"
            grant.save(update_fields=["stage"])
        return True
