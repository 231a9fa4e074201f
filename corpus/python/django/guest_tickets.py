"""Tickets of which some may be used once only."""
from django.db import models, transaction
from django.http import HttpResponse


class Ticket(models.Model):
    code = models.CharField(max_length=20, unique=True)
    single_use = models.BooleanField(default=True)

    def is_free(self):
        if self.single_use:
            return not self.entries.exists()
        return True


class Entry(models.Model):
    ticket = models.ForeignKey(Ticket, related_name="entries", on_delete=models.CASCADE)
    gate = models.CharField(max_length=20)


# case: id=py-dj-9611 label=race rule=check-then-create tier=2 note=some tickets are tested only
def enter(request, code):
    ticket = Ticket.objects.get(code=code)
    if ticket.single_use and ticket.entries.exists():
        raise ValueError("used already")
    ticket.entries.create(gate=request.POST["gate"])  # expect: check-then-create
    return HttpResponse()


# case: id=py-dj-9612 label=race rule=check-then-create tier=2 note=the same through a method with two answers
def enter_free(request, code):
    ticket = Ticket.objects.get(code=code)
    if not ticket.is_free():
        raise ValueError("used already")
    ticket.entries.create(gate=request.POST["gate"])  # expect: check-then-create
    return HttpResponse()


# case: id=py-dj-9613 label=race rule=check-then-create tier=1 note=every ticket is tested
def enter_once(request, code):
    ticket = Ticket.objects.get(code=code)
    if ticket.entries.exists():
        raise ValueError("used already")
    ticket.entries.create(gate=request.POST["gate"])  # expect: check-then-create
    return HttpResponse()


# case: id=py-dj-9614 label=safe tier=2 note=the ticket is locked before its entries are looked for
def enter_locked(request, code):
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().get(code=code)
        if not ticket.is_free():
            raise ValueError("used already")
        ticket.entries.create(gate=request.POST["gate"])
    return HttpResponse()


# case: id=py-dj-9615 label=race rule=check-then-create tier=2 note=the look stands inside another test
def enter_nested(request, code):
    ticket = Ticket.objects.get(code=code)
    if ticket.single_use:
        if ticket.entries.exists():
            raise ValueError("used already")
    ticket.entries.create(gate=request.POST["gate"])  # expect: check-then-create
    return HttpResponse()


# case: id=py-dj-9616 label=safe tier=2 note=the same under the ticket's lock
@transaction.atomic
def enter_nested_locked(request, code):
    ticket = Ticket.objects.select_for_update().get(code=code)
    if ticket.single_use and ticket.entries.exists():
        raise ValueError("used already")
    ticket.entries.create(gate=request.POST["gate"])
    return HttpResponse()
