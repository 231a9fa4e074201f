"""Scholarships: applications that are picked by state, marker rows, conditional updates, and services put together as data
classes."""
from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from attrs import define, field as attrs_field
from django.db import IntegrityError, models, transaction
from django.db.models import F
from pydantic import BaseModel, Field


class Application(models.Model):
    stage = models.CharField(max_length=12, default="filed")
    verdict = models.CharField(max_length=12, blank=True)

    class Meta:
        app_label = "scholarships"


class Essay(models.Model):
    stage = models.CharField(max_length=12, default="filed")
    reader = models.CharField(max_length=40, blank=True)
    ticket = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "scholarships"


class Interview(models.Model):
    free = models.BooleanField(default=True)

    class Meta:
        app_label = "scholarships"


class Reminder(models.Model):
    state = models.CharField(max_length=12, default="due")
    loud = models.BooleanField(default=True)
    closed_by = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "scholarships"


class Fund(models.Model):
    budget = models.IntegerField()
    granted = models.IntegerField(default=0)

    class Meta:
        app_label = "scholarships"


class Payment(models.Model):
    number = models.CharField(max_length=30, unique=True)
    amount = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)

    class Meta:
        app_label = "scholarships"


class Grant(models.Model):
    application = models.ForeignKey(Application, on_delete=models.CASCADE)
    amount = models.IntegerField()

    class Meta:
        app_label = "scholarships"


class Funds:
    def load(self, fund_id: int) -> Fund:
        return Fund.objects.get(pk=fund_id)

    def load_locked(self, fund_id: int) -> Fund:
        return Fund.objects.select_for_update().get(pk=fund_id)


@dataclass
class BudgetService:
    funds: Funds = field(default_factory=Funds)

    # case: id=py-dj-5400 label=race rule=lost-update tier=3 note=repository of a data class, made by the field's factory
    def raise_budget(self, fund_id: int, by: int) -> None:
        fund = self.funds.load(fund_id)
        fund.budget += by
        fund.save(update_fields=["budget"])  # expect: lost-update

    # case: id=py-dj-5401 label=safe tier=3 note=the same repository, the row is locked by the read
    @transaction.atomic
    def lower_budget(self, fund_id: int, by: int) -> None:
        fund = self.funds.load_locked(fund_id)
        fund.budget -= by
        fund.save(update_fields=["budget"])


@define
class CutService:
    funds: Any = attrs_field(factory=Funds)

    # case: id=py-dj-5402 label=race rule=lost-update tier=3 note=the factory says what the annotation does not
    def cut_budget(self, fund_id: int, percent: int) -> None:
        fund = self.funds.load(fund_id)
        fund.budget = fund.budget * percent // 100
        fund.save(update_fields=["budget"])  # expect: lost-update


class YearEnd(BaseModel):
    funds: Funds = Field(default_factory=Funds)
    spare: Funds | None = None

    # case: id=py-dj-5403 label=race rule=lost-update tier=3 note=field of a pydantic model
    def close_year(self, fund_id: int) -> None:
        fund = self.funds.load(fund_id)
        fund.budget = max(fund.budget - 1000, 0)
        fund.save(update_fields=["budget"])  # expect: lost-update

    # case: id=py-dj-5404 label=race rule=lost-update tier=3 note=none by default, which says less than the type
    def close_spare(self, fund_id: int) -> None:
        fund = self.spare.load(fund_id)
        fund.budget -= fund.granted % 7
        fund.save(update_fields=["budget"])  # expect: lost-update

    # case: id=py-dj-5405 label=safe tier=3 note=the same with the lock
    @transaction.atomic
    def close_spare_locked(self, fund_id: int) -> None:
        fund = self.spare.load_locked(fund_id)
        fund.budget -= fund.granted % 7
        fund.save(update_fields=["budget"])


# case: id=py-dj-5410 label=race rule=check-then-act tier=2 note=the first filed essay, with the name of who reads it
def take_next(reader: str) -> int | None:
    essay = Essay.objects.filter(stage="filed").order_by("pk").first()
    if essay is None:
        return None
    essay.stage = "reading"
    essay.reader = reader
    essay.save(update_fields=["stage", "reader"])  # expect: check-then-act
    return essay.pk


# case: id=py-dj-5411 label=race rule=check-then-act tier=2 note=picked in a loop and given back as this reader's
def take_first_of_all(reader: str) -> Essay | None:
    for essay in Essay.objects.filter(stage="filed").order_by("pk"):
        essay.stage = "reading"
        essay.reader = reader
        essay.save(update_fields=["stage", "reader"])  # expect: check-then-act
        return essay
    return None


# case: id=py-dj-5412 label=race rule=check-then-act tier=2 note=no name in the row, but the row is handed out
def hand_out() -> Interview | None:
    interview = Interview.objects.filter(free=True).first()
    if interview is None:
        return None
    interview.free = False
    interview.save(update_fields=["free"])  # expect: check-then-act
    return interview


# case: id=py-dj-5413 label=race rule=check-then-act tier=2 note=a ticket of its own, written beside the state by another query
def take_with_ticket() -> str | None:
    essay = Essay.objects.filter(stage="filed").first()
    if essay is None:
        return None
    ticket = uuid.uuid4().hex
    Essay.objects.filter(pk=essay.pk).update(stage="reading", ticket=ticket)  # expect: check-then-act
    return ticket


# case: id=py-dj-5414 label=safe tier=2 note=the same choice, claimed by a condition on the state whose count is looked at
def claim_next(reader: str) -> Essay | None:
    for essay in Essay.objects.filter(stage="filed").order_by("pk"):
        won = Essay.objects.filter(pk=essay.pk, stage="filed").update(stage="reading", reader=reader)
        if won:
            return essay
    return None


# case: id=py-dj-5415 label=safe tier=2 note=rows that others have locked are skipped, the picked one is locked
@transaction.atomic
def take_locked(reader: str) -> Essay | None:
    essay = Essay.objects.select_for_update(skip_locked=True).filter(stage="filed").first()
    if essay is None:
        return None
    essay.stage = "reading"
    essay.reader = reader
    essay.save(update_fields=["stage", "reader"])
    return essay


# case: id=py-dj-5416 label=safe tier=2 note=every row of that state is moved on in the same way, whoever does it
def close_all(by: str) -> int:
    closed = 0
    for reminder in Reminder.objects.filter(state="due"):
        reminder.state = "gone"
        reminder.closed_by = by
        reminder.save(update_fields=["state", "closed_by"])
        closed += 1
    return closed


# case: id=py-dj-5417 label=safe tier=2 note=this very row was asked for, and switching it off twice is the same
def switch_off(reminder_id: int) -> Reminder | None:
    reminder = Reminder.objects.filter(pk=reminder_id, loud=True).first()
    if reminder is None:
        return None
    reminder.loud = False
    reminder.save(update_fields=["loud"])
    return reminder


# case: id=py-dj-5420 label=race rule=swallowed-conflict tier=2 note=the payment is there already, the fund is charged again
def charge_once(number: str, fund_id: int, amount: int) -> None:
    try:
        with transaction.atomic():
            Payment.objects.create(number=number)  # expect: swallowed-conflict
    except IntegrityError:
        pass
    Fund.objects.filter(pk=fund_id).update(granted=F("granted") + amount)


# case: id=py-dj-5421 label=safe tier=2 note=whoever finds the payment there stops
def charge_if_new(number: str, fund_id: int, amount: int) -> bool:
    try:
        with transaction.atomic():
            Payment.objects.create(number=number)
            Fund.objects.filter(pk=fund_id).update(granted=F("granted") + amount)
    except IntegrityError:
        return False
    return True


# case: id=py-dj-5422 label=safe tier=2 note=either of the two has made the row that is counted up then
def count_try(number: str) -> None:
    try:
        with transaction.atomic():
            Payment.objects.create(number=number)
    except IntegrityError:
        pass
    Payment.objects.filter(number=number).update(tries=F("tries") + 1)


# case: id=py-dj-5423 label=safe tier=2 note=what follows is the same for all
def ensure_payment(number: str, application_id: int) -> None:
    try:
        with transaction.atomic():
            Payment.objects.create(number=number)
    except IntegrityError:
        pass
    Application.objects.filter(pk=application_id).update(verdict="paid")


# case: id=py-dj-5424 label=safe tier=2 note=the row of whoever came first is taken instead
def payment_for(number: str, fund_id: int) -> Payment:
    try:
        with transaction.atomic():
            payment = Payment.objects.create(number=number)
    except IntegrityError:
        payment = Payment.objects.get(number=number)
    Fund.objects.filter(pk=fund_id).update(granted=F("granted") + 1)
    return payment


# case: id=py-dj-5430 label=race rule=swallowed-conflict tier=2 note=nobody asks how many rows were changed, each makes a grant
def pay_out(application_id: int, amount: int) -> None:
    Application.objects.filter(pk=application_id, stage="won").update(stage="paid")  # expect: swallowed-conflict
    Grant.objects.create(application_id=application_id, amount=amount)


# case: id=py-dj-5431 label=safe tier=2 note=the count decides
def pay_out_once(application_id: int, amount: int) -> None:
    won = Application.objects.filter(pk=application_id, stage="won").update(stage="paid")
    if won:
        Grant.objects.create(application_id=application_id, amount=amount)


# case: id=py-dj-5432 label=safe tier=2 note=all rows of a state are moved on, what follows is about none of them
def expire(amount: int) -> None:
    Application.objects.filter(stage="filed").update(stage="expired")
    Grant.objects.create(application_id=1, amount=amount)


def settle(application_id: int) -> bool:
    won = Application.objects.filter(pk=application_id, stage="granted").update(stage="settled")
    if not won:
        return False
    return True


# case: id=py-dj-5433 label=race rule=swallowed-conflict tier=3 note=a function tells who was first, and nobody listens
def settle_and_book(application_id: int, fund_id: int, amount: int) -> None:
    settle(application_id)  # expect: swallowed-conflict
    Fund.objects.filter(pk=fund_id).update(granted=F("granted") + amount)


# case: id=py-dj-5434 label=safe tier=3 note=listens to it
def settle_and_book_once(application_id: int, fund_id: int, amount: int) -> None:
    if settle(application_id):
        Fund.objects.filter(pk=fund_id).update(granted=F("granted") + amount)


# case: id=py-dj-5435 label=safe tier=3 note=does not listen, and does nothing that only the first may do
def settle_and_note(application_id: int) -> None:
    settle(application_id)
    Application.objects.filter(pk=application_id).update(verdict="seen")
