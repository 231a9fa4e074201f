"""Boat house: berths let for a season, and what is sent out about them."""
from __future__ import annotations

import datetime as dt
import logging

import requests
from django.core.mail import send_mail
from django.db import IntegrityError, models, transaction

from boathouse.gates import barrier

logger = logging.getLogger(__name__)

SEASON_FEE = 42000
LEDGER_URL = "https://ledger.example.com/entries"


class Berth(models.Model):
    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, default="free")

    class Meta:
        app_label = "boathouse"


class Lease(models.Model):
    berth_number = models.PositiveIntegerField()
    season = models.PositiveIntegerField()
    skipper = models.CharField(max_length=40)

    class Meta:
        app_label = "boathouse"
        unique_together = [("berth_number", "season")]


class Fee(models.Model):
    skipper = models.CharField(max_length=40)
    cents = models.IntegerField()
    text = models.CharField(max_length=80)

    class Meta:
        app_label = "boathouse"


class Reader(models.Model):
    email = models.EmailField(unique=True)
    source = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "boathouse"


# case: the berth is somebody else's, and the second skipper pays for it
def let_berth(number: int, season: int, skipper: str) -> dict[str, int]:
    try:
        with transaction.atomic():
            Lease.objects.create(berth_number=number, season=season, skipper=skipper)  # expect: swallowed-conflict
    except IntegrityError:
        logger.info("berth %s is let in %s", number, season)
    fee = Fee.objects.create(skipper=skipper, cents=SEASON_FEE, text=f"berth {number}")
    return {"fee": fee.pk}


# case: the second skipper is let in
def let_and_open(number: int, season: int, skipper: str) -> None:
    try:
        with transaction.atomic():
            Lease.objects.create(berth_number=number, season=season, skipper=skipper)  # expect: swallowed-conflict
    except IntegrityError:
        logger.warning("berth %s is let in %s", number, season)
    barrier.admit(skipper, until=dt.date(season, 10, 31))


# case: and is told so
def let_and_confirm(number: int, season: int, skipper: str) -> None:
    try:
        with transaction.atomic():
            Lease.objects.create(berth_number=number, season=season, skipper=skipper)  # expect: swallowed-conflict
    except IntegrityError:
        pass
    send_mail("Your berth", f"Berth {number} is yours.", None, [skipper])


# case: whoever finds the berth let is told and pays nothing
def let_or_refuse(number: int, season: int, skipper: str) -> bool:
    try:
        with transaction.atomic():
            Lease.objects.create(berth_number=number, season=season, skipper=skipper)
    except IntegrityError:
        return False
    Fee.objects.create(skipper=skipper, cents=SEASON_FEE, text=f"berth {number}")
    barrier.admit(skipper, until=dt.date(season, 10, 31))
    return True


# case: who has the berth is looked up
def let_again(number: int, season: int, skipper: str) -> None:
    try:
        with transaction.atomic():
            Lease.objects.create(berth_number=number, season=season, skipper=skipper)
    except IntegrityError:
        lease = Lease.objects.get(berth_number=number, season=season)
        if lease.skipper != skipper:
            raise
    Fee.objects.create(skipper=skipper, cents=SEASON_FEE, text=f"berth {number}")


# case: the same address twice is one reader, who gets a letter either way
def subscribe(email: str, source: str) -> None:
    try:
        with transaction.atomic():
            Reader.objects.create(email=email, source=source)
    except IntegrityError:
        pass
    send_mail("Harbour news", "Welcome.", None, [email])


# case: nobody asks who took the berth, and it is booked elsewhere twice
def book_berth(berth_id: int) -> None:
    Berth.objects.filter(pk=berth_id, state="free").update(state="let")  # expect: swallowed-conflict
    reply = requests.post(LEDGER_URL, json={"berth": berth_id, "cents": SEASON_FEE}, timeout=5)
    reply.raise_for_status()


# case: the count decides
def book_berth_once(berth_id: int) -> None:
    if Berth.objects.filter(pk=berth_id, state="free").update(state="let"):
        requests.post(LEDGER_URL, json={"berth": berth_id, "cents": SEASON_FEE}, timeout=5)


class Winch(models.Model):
    code = models.CharField(max_length=10, unique=True)
    skipper = models.CharField(max_length=40, unique=True)
    turns = models.IntegerField(default=0)
    lifts = models.IntegerField(default=0)

    class Meta:
        app_label = "boathouse"


# case: the winch is looked up once more in the same way, and that is the one that was asked
def use_winch(skipper: str) -> bool:
    if Winch.objects.get(skipper=skipper).turns < 1:
        return False
    winch = Winch.objects.get(skipper=skipper)
    Winch.objects.filter(pk=winch.pk).update(turns=models.F("turns") - 1)  # expect: check-then-act
    return True


# case: the other one is another winch
def use_other_winch(skipper: str, mate: str) -> None:
    if Winch.objects.get(skipper=skipper).lifts < 1:
        raise ValueError(skipper)
    winch = Winch.objects.get(skipper=mate)
    Winch.objects.filter(pk=winch.pk).update(turns=models.F("turns") + 1)


# case: the row is selected by the column by which it was found, as it has it
def lift(code: str, boats: int) -> None:
    winch = Winch.objects.get(code=code)
    Winch.objects.filter(code=winch.code).update(lifts=winch.lifts + boats)  # expect: lost-update
