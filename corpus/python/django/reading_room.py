"""A reading room: readers are the accounts of the site, whose model stands elsewhere."""
from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as Account
from django.db import models, transaction
from django.db.models import F
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST
from django.views.generic import View

Reader = get_user_model()


class Desk(models.Model):
    reader = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    hours_left = models.IntegerField(default=20)


class Ticket(models.Model):
    holder = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="tickets")
    number = models.CharField(max_length=12)
    entries = models.IntegerField(default=10)


class Locker(models.Model):
    keeper = models.ForeignKey(Account, on_delete=models.CASCADE)
    openings = models.IntegerField(default=0)


class Loan(models.Model):
    borrower = models.ForeignKey(get_user_model(), on_delete=models.CASCADE, related_name="loans")
    renewals = models.IntegerField(default=0)


# case: the one row of the account that asks
@require_POST
def take_hour(request: HttpRequest) -> JsonResponse:
    desk = request.user.desk
    desk.hours_left = desk.hours_left - 1
    desk.save(update_fields=["hours_left"])  # expect: lost-update
    return JsonResponse({"left": desk.hours_left})


# case: the store takes it off
@require_POST
def take_hour_in_store(request: HttpRequest) -> JsonResponse:
    desk = request.user.desk
    taken = Desk.objects.filter(pk=desk.pk, hours_left__gt=0).update(hours_left=F("hours_left") - 1)
    return JsonResponse({"taken": taken})


class EntryView(View):
    # case: one of the rows that belong to the account
    def post(self, request: HttpRequest, number: str) -> JsonResponse:
        ticket = self.request.user.tickets.get(number=number)
        ticket.entries -= 1
        ticket.save(update_fields=["entries"])  # expect: lost-update
        return JsonResponse({"left": ticket.entries})

    # case: the same row under a lock
    @transaction.atomic
    def put(self, request: HttpRequest, number: str) -> JsonResponse:
        ticket = self.request.user.tickets.select_for_update().get(number=number)
        ticket.entries -= 1
        ticket.save(update_fields=["entries"])
        return JsonResponse({"left": ticket.entries})


# case: an account that is handed on, by the class that the framework gives
def renew(reader: Reader, pk: int) -> None:
    loan = reader.loans.get(pk=pk)
    loan.renewals += 1
    loan.save(update_fields=["renewals"])  # expect: lost-update


# case: the same, locked
@transaction.atomic
def renew_locked(reader: Reader, pk: int) -> None:
    loan = reader.loans.select_for_update().get(pk=pk)
    loan.renewals += 1
    loan.save(update_fields=["renewals"])


# case: an account by the framework's own class
def open_lockers(account: Account) -> None:
    for locker in account.locker_set.all():
        locker.openings = locker.openings + 1
        locker.save(update_fields=["openings"])  # expect: lost-update


# case: all of them in one statement
def open_lockers_in_store(account: Account) -> None:
    account.locker_set.update(openings=F("openings") + 1)
