"""A concert hall: seats are taken by a conditional update, and somebody asks, or nobody does, whether that was won."""
from __future__ import annotations

from django.core.mail import send_mail
from django.db import models, transaction
from django.db.models import F


class SoldOut(Exception):
    pass


class Concert(models.Model):
    title = models.CharField(max_length=80)
    seats_left = models.IntegerField(default=0)

    class Meta:
        app_label = "hall"


class Ticket(models.Model):
    concert = models.ForeignKey(Concert, on_delete=models.PROTECT, related_name="tickets")
    holder = models.EmailField()
    seats = models.IntegerField(default=1)

    class Meta:
        app_label = "hall"


class Desk:
    def __init__(self, holder: str) -> None:
        self.holder = holder

    def _take(self, concert_id: int, seats: int) -> int:
        return Concert.objects.filter(pk=concert_id, seats_left__gte=seats).update(
            seats_left=F("seats_left") - seats
        )

    def _took(self, concert_id: int, seats: int) -> bool:
        taken = Concert.objects.filter(pk=concert_id, seats_left__gte=seats).update(
            seats_left=F("seats_left") - seats
        )
        return taken == 1

    # case: id=py-dj-9421 label=race rule=swallowed-conflict tier=3 note=the count that the helper gives is dropped, a ticket is made all the same
    @transaction.atomic
    def sell(self, wanted: list[tuple[int, int]]) -> None:
        for concert_id, seats in wanted:
            self._take(concert_id, seats)  # expect: swallowed-conflict
            Ticket.objects.create(concert_id=concert_id, holder=self.holder, seats=seats)

    # case: id=py-dj-9422 label=race rule=swallowed-conflict tier=3 note=the helper says whether it took them, nobody listens
    def sell_one(self, concert_id: int) -> Ticket:
        self._took(concert_id, 1)  # expect: swallowed-conflict
        return Ticket.objects.create(concert_id=concert_id, holder=self.holder)

    # case: id=py-dj-9423 label=safe tier=3 note=the caller raises, and nothing of the order stays
    @transaction.atomic
    def sell_all(self, wanted: list[tuple[int, int]]) -> None:
        for concert_id, seats in wanted:
            if not self._took(concert_id, seats):
                raise SoldOut(concert_id)
            Ticket.objects.create(concert_id=concert_id, holder=self.holder, seats=seats)

    # case: id=py-dj-9424 label=safe tier=3 note=the count is kept and asked later
    def sell_asked(self, concert_id: int, seats: int) -> Ticket | None:
        taken = self._take(concert_id, seats)
        if taken == 0:
            return None
        return Ticket.objects.create(concert_id=concert_id, holder=self.holder, seats=seats)


# case: id=py-dj-9425 label=race rule=swallowed-conflict tier=2 note=enough must be left, but whether it was is not asked before the ticket is made
def give_away(concert_id: int, seats: int, holder: str) -> None:
    rows = Concert.objects.filter(pk=concert_id, seats_left__gte=seats)
    rows.update(seats_left=F("seats_left") - seats)  # expect: swallowed-conflict
    Ticket.objects.create(concert_id=concert_id, holder=holder, seats=seats)


# case: id=py-dj-9426 label=race rule=swallowed-conflict tier=2 note=the mail goes out whether seats were left or not
def invite(concert_id: int, seats: int, holder: str) -> None:
    rows = Concert.objects.filter(pk=concert_id, seats_left__gte=seats)
    rows.update(seats_left=F("seats_left") - seats)  # expect: swallowed-conflict
    send_mail("Your seats", f"{seats} seats are kept for you.", None, [holder])


# case: id=py-dj-9427 label=safe tier=2 note=what is given back is only given back where it is there; nothing hangs on it
def shrink(concert_id: int, seats: int) -> None:
    rows = Concert.objects.filter(pk=concert_id, seats_left__gte=seats)
    rows.update(seats_left=F("seats_left") - seats)
