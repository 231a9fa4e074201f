"""Clinic: appointment limits, ticket numbers and stock, read through helpers and managers."""
from __future__ import annotations

import logging
from typing import Mapping

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Max, Sum

logger = logging.getLogger(__name__)


class LimitReached(Exception):
    pass


class Doctor(models.Model):
    name = models.CharField(max_length=80)
    daily_limit = models.IntegerField(default=12)

    class Meta:
        app_label = "clinic"


class AppointmentManager(models.Manager):
    def taken(self, doctor: Doctor, day: str) -> int:
        return self.get_queryset().filter(doctor=doctor, day=day).count()

    # case: id=py-dj-2180 label=race rule=check-then-act|check-then-create tier=3 note=manager counts against the limit through its own helper, then creates
    def book(self, doctor: Doctor, day: str, patient_id: int) -> "Appointment":
        if self.taken(doctor, day) >= doctor.daily_limit:
            raise LimitReached(doctor.name)
        return self.create(doctor=doctor, day=day, patient_id=patient_id)  # expect: check-then-act|check-then-create

    # case: id=py-dj-2181 label=safe tier=3 note=doctor's row locked first, it protects the counted rows
    def book_locked(self, doctor_id: int, day: str, patient_id: int) -> "Appointment":
        with transaction.atomic():
            doctor = Doctor.objects.select_for_update().get(pk=doctor_id)
            if self.taken(doctor, day) >= doctor.daily_limit:
                raise LimitReached(doctor.name)
            return self.create(doctor=doctor, day=day, patient_id=patient_id)


class Appointment(models.Model):
    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="appointments")
    patient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    day = models.DateField()

    objects = AppointmentManager()

    class Meta:
        app_label = "clinic"


class Ticket(models.Model):
    desk = models.CharField(max_length=8)
    number = models.IntegerField()

    class Meta:
        app_label = "clinic"


class Receipt(models.Model):
    desk = models.CharField(max_length=8)
    number = models.IntegerField()

    class Meta:
        app_label = "clinic"
        unique_together = [("desk", "number")]


class Vaccine(models.Model):
    code = models.CharField(max_length=12, unique=True)
    doses = models.IntegerField(default=0)

    class Meta:
        app_label = "clinic"


class Budget(models.Model):
    ward = models.CharField(max_length=20, unique=True)
    limit_cents = models.IntegerField()

    class Meta:
        app_label = "clinic"


class Expense(models.Model):
    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="expenses")
    cents = models.IntegerField()

    class Meta:
        app_label = "clinic"


def next_number(model: type[models.Model], desk: str) -> int:
    highest = model._default_manager.filter(desk=desk).aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


# case: id=py-dj-2182 label=race rule=check-then-create|lost-update tier=3 note=maximum plus one from a helper, pair not unique
def draw_ticket(desk: str) -> int:
    number = next_number(Ticket, desk)
    ticket = Ticket(desk=desk, number=number)
    ticket.save()  # expect: check-then-create|lost-update
    return ticket.number


# case: id=py-dj-2183 label=safe tier=3 note=same helper, unique pair, drawn again on conflict
def draw_receipt(desk: str) -> int:
    for _ in range(5):
        try:
            with transaction.atomic():
                return Receipt.objects.create(desk=desk, number=next_number(Receipt, desk)).number
        except IntegrityError:
            logger.info("number at %s was drawn twice", desk)
    raise LimitReached(desk)


# case: id=py-dj-2184 label=race rule=lost-update tier=2 note=rows fetched by in_bulk, saved one by one
def deliver(amounts: Mapping[str, int]) -> None:
    rows = Vaccine.objects.in_bulk(list(amounts), field_name="code")
    for code, vaccine in rows.items():
        vaccine.doses = vaccine.doses + amounts[code]
        vaccine.save(update_fields=["doses"])  # expect: lost-update


# case: id=py-dj-2185 label=safe tier=2 note=the same over a locking queryset in key order
@transaction.atomic
def deliver_locked(amounts: Mapping[str, int]) -> None:
    for vaccine in Vaccine.objects.select_for_update().filter(code__in=list(amounts)).order_by("pk"):
        vaccine.doses = vaccine.doses + amounts[vaccine.code]
        vaccine.save(update_fields=["doses"])


# case: id=py-dj-2186 label=race rule=lost-update tier=2 note=single column read by values, written by update
def discard(code: str, doses: int) -> int:
    current = Vaccine.objects.values("doses").get(code=code)["doses"]
    left = max(current - doses, 0)
    Vaccine.objects.filter(code=code).update(doses=left)  # expect: lost-update
    return left


# case: id=py-dj-2187 label=safe tier=2 note=same with the value read in the filter, read again until it wins
def discard_compared(code: str, doses: int) -> int:
    while True:
        current = Vaccine.objects.values_list("doses", flat=True).get(code=code)
        left = max(current - doses, 0)
        if Vaccine.objects.filter(code=code, doses=current).update(doses=left):
            return left


# case: id=py-dj-2188 label=race rule=check-then-act|check-then-create tier=2 note=sum of children against the parent's limit, plain atomic
@transaction.atomic
def spend(ward: str, cents: int) -> Expense:
    budget = Budget.objects.get(ward=ward)
    spent = budget.expenses.aggregate(total=Sum("cents"))["total"] or 0
    if spent + cents > budget.limit_cents:
        raise LimitReached(ward)
    return Expense.objects.create(budget=budget, cents=cents)  # expect: check-then-act|check-then-create


# case: id=py-dj-2189 label=safe tier=2 note=parent locked by the read, children summed after it
@transaction.atomic
def spend_locked(ward: str, cents: int) -> Expense:
    budget = Budget.objects.select_for_update().get(ward=ward)
    spent = budget.expenses.aggregate(total=Sum("cents"))["total"] or 0
    if spent + cents > budget.limit_cents:
        raise LimitReached(ward)
    return Expense.objects.create(budget=budget, cents=cents)


# case: id=py-dj-2190 label=race rule=check-then-act tier=2 note=a second unlocked look inside the transaction is no lock
def use_dose(code: str) -> None:
    vaccine = Vaccine.objects.get(code=code)
    if vaccine.doses < 1:
        raise LimitReached(code)
    with transaction.atomic():
        if Vaccine.objects.get(code=code).doses < 1:
            raise LimitReached(code)
        Vaccine.objects.filter(code=code).update(doses=models.F("doses") - 1)  # expect: check-then-act
