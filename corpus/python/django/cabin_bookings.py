"""Cabins of a ferry: what leaves a function in the middle of a loop decides what follows the loop."""
from __future__ import annotations

from django.db import models, transaction
from django.http import HttpResponse


class Cabin(models.Model):
    number = models.CharField(max_length=8, unique=True)

    class Meta:
        app_label = "ferries"


class Booking(models.Model):
    cabin = models.ForeignKey(Cabin, on_delete=models.CASCADE, related_name="bookings")
    sails_on = models.DateField()
    lands_on = models.DateField()
    state = models.CharField(max_length=12, default="held")

    class Meta:
        app_label = "ferries"


# case: id=py-dj-9701 label=race rule=check-then-act tier=2 note=an overlapping booking is searched in the program
def book(request, cabin_id, sails_on, lands_on):
    for other in Booking.objects.filter(cabin_id=cabin_id):
        if other.sails_on < lands_on and sails_on < other.lands_on:
            return HttpResponse(status=409)
    Booking.objects.create(cabin_id=cabin_id, sails_on=sails_on, lands_on=lands_on)  # expect: check-then-act
    return HttpResponse(status=201)


# case: id=py-dj-9702 label=safe tier=2 note=the same while the cabin is locked
def book_locked(request, cabin_id, sails_on, lands_on):
    with transaction.atomic():
        cabin = Cabin.objects.select_for_update().get(pk=cabin_id)
        for other in cabin.bookings.all():
            if other.sails_on < lands_on and sails_on < other.lands_on:
                return HttpResponse(status=409)
        Booking.objects.create(cabin=cabin, sails_on=sails_on, lands_on=lands_on)
    return HttpResponse(status=201)


# case: id=py-dj-9703 label=race rule=check-then-act tier=2 note=every booking must be held, then all are sold
def sell_all(request, cabin_id):
    for booking in Booking.objects.filter(cabin_id=cabin_id):
        if booking.state != "held":
            return HttpResponse(status=409)
    Booking.objects.filter(cabin_id=cabin_id).update(state="sold")  # expect: check-then-act
    return HttpResponse(status=204)


# case: id=py-dj-9704 label=safe tier=2 note=the bookings stay locked until all are sold
@transaction.atomic
def sell_all_locked(request, cabin_id):
    for booking in Booking.objects.select_for_update().filter(cabin_id=cabin_id):
        if booking.state != "held":
            return HttpResponse(status=409)
    Booking.objects.filter(cabin_id=cabin_id).update(state="sold")
    return HttpResponse(status=204)


# case: id=py-dj-9705 label=safe tier=2 note=what leaves early asks what was asked for, not the rows
def cancel(request, cabin_id, days):
    bookings = Booking.objects.filter(cabin_id=cabin_id)
    for day in days:
        if day in request.GET:
            return HttpResponse(status=400)
    bookings.update(state="cancelled")
    return HttpResponse(status=204)


# case: id=py-dj-9706 label=race rule=check-then-act tier=2 note=the search ends without a hit, which the loop itself tells
def book_unless_taken(request, cabin_id, sails_on, lands_on):
    for other in Booking.objects.filter(cabin_id=cabin_id):
        if other.sails_on < lands_on and sails_on < other.lands_on:
            break
    else:
        Booking.objects.create(cabin_id=cabin_id, sails_on=sails_on, lands_on=lands_on)  # expect: check-then-act
    return HttpResponse(status=204)


# case: id=py-dj-9707 label=race rule=check-then-act tier=2 note=counted in a loop, and only so many are let in
def hold(request, cabin_id, sails_on, lands_on):
    held = 0
    for other in Booking.objects.filter(cabin_id=cabin_id):
        if other.state == "held":
            held += 1
    if held >= 4:
        return HttpResponse(status=409)
    Booking.objects.create(cabin_id=cabin_id, sails_on=sails_on, lands_on=lands_on, state="held")  # expect: check-then-act
    return HttpResponse(status=201)


# case: id=py-dj-9708 label=safe tier=2 note=the same while the cabin is locked
@transaction.atomic
def hold_locked(request, cabin_id, sails_on, lands_on):
    cabin = Cabin.objects.select_for_update().get(pk=cabin_id)
    held = 0
    for other in cabin.bookings.all():
        if other.state == "held":
            held += 1
    if held >= 4:
        return HttpResponse(status=409)
    Booking.objects.create(cabin=cabin, sails_on=sails_on, lands_on=lands_on, state="held")
    return HttpResponse(status=201)


# case: id=py-dj-9709 label=race rule=check-then-act tier=2 note=what stands against it is gathered in a list first
def sell_if_held(request, cabin_id):
    refused = []
    for booking in Booking.objects.filter(cabin_id=cabin_id):
        if booking.state != "held":
            refused.append("a booking is not held")
    if refused:
        return HttpResponse(refused[0], status=409)
    Booking.objects.filter(cabin_id=cabin_id).update(state="sold")  # expect: check-then-act
    return HttpResponse(status=204)


# case: id=py-dj-9710 label=race rule=check-then-act tier=3 note=each day is looked at in one loop and taken in another
def take_days(request, cabin_id, days, guest):
    for day in days:
        booking = Booking.objects.get(cabin_id=cabin_id, sails_on=day)
        if booking.state != "held":
            return HttpResponse(status=409)
    for day in days:
        Booking.objects.filter(cabin_id=cabin_id, sails_on=day).update(state=guest)  # expect: check-then-act
    return HttpResponse(status=204)


# case: id=py-dj-9740 label=safe tier=3 note=the same with each booking locked by the look
@transaction.atomic
def take_days_locked(request, cabin_id, days, guest):
    for day in days:
        booking = Booking.objects.select_for_update().get(cabin_id=cabin_id, sails_on=day)
        if booking.state != "held":
            return HttpResponse(status=409)
    for day in days:
        Booking.objects.filter(cabin_id=cabin_id, sails_on=day).update(state=guest)
    return HttpResponse(status=204)


# case: id=py-dj-9741 label=race rule=check-then-act tier=2 note=a loop is left with the first one that fits
def take_first(request, cabin_id, guest):
    while True:
        booking = Booking.objects.filter(cabin_id=cabin_id).order_by("?").first()
        if booking.state == "held":
            break
    booking.state = guest
    booking.save(update_fields=["state"])  # expect: check-then-act
    return HttpResponse(status=204)


# case: id=py-dj-9742 label=safe tier=2 note=only what differs from what is asked for is written, whoever comes first
def mark_sold(request, cabin_id):
    unsold = []
    for booking in Booking.objects.filter(cabin_id=cabin_id):
        if booking.state != "sold":
            booking.state = "sold"
            unsold.append(booking)
    if unsold:
        Booking.objects.bulk_update(unsold, ["state"])
    return HttpResponse(status=204)
