"""Tasting evenings: limits that are worked out of the seats that are taken, row by row."""
from __future__ import annotations

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404


class Evening(models.Model):
    title = models.CharField(max_length=80)
    chairs = models.IntegerField()
    served = models.IntegerField(default=0)

    class Meta:
        app_label = "tasting"

    @property
    def free(self) -> int:
        return self.chairs - self.seats.count()


class Seat(models.Model):
    evening = models.ForeignKey(Evening, on_delete=models.CASCADE, related_name="seats")
    guest = models.CharField(max_length=80)
    chairs = models.IntegerField(default=1)
    given_up = models.BooleanField(default=False)

    class Meta:
        app_label = "tasting"


class Tally(models.Model):
    evening = models.ForeignKey(Evening, on_delete=models.CASCADE, related_name="tallies")
    kind = models.CharField(max_length=20)
    seats = models.IntegerField()

    class Meta:
        app_label = "tasting"


# case: id=py-dj-3400 label=race rule=check-then-act tier=2 note=a property counts, and the new row is tied by the key by which the evening was found
def reserve(request: HttpRequest, pk: int) -> HttpResponse:
    evening = get_object_or_404(Evening, pk=pk)
    if evening.free < 1:
        return HttpResponseBadRequest("no chair left")
    Seat.objects.create(evening_id=pk, guest=request.POST["guest"])  # expect: check-then-act
    return HttpResponse()


# case: id=py-dj-3401 label=safe tier=2 note=the same with the evening locked
def reserve_locked(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        evening = get_object_or_404(Evening.objects.select_for_update(), pk=pk)
        if evening.free < 1:
            return HttpResponseBadRequest("no chair left")
        Seat.objects.create(evening_id=pk, guest=request.POST["guest"])
    return HttpResponse()


# case: id=py-dj-3402 label=race rule=check-then-act tier=2 note=a sum over the rows is tested against the limit
def reserve_for_many(request: HttpRequest, pk: int) -> HttpResponse:
    evening = get_object_or_404(Evening, pk=pk)
    wanted = int(request.POST["chairs"])
    taken = sum(seat.chairs for seat in evening.seats.all())
    if taken + wanted > evening.chairs:
        return HttpResponseBadRequest("not enough chairs")
    Seat.objects.create(evening=evening, guest=request.POST["guest"], chairs=wanted)  # expect: check-then-act
    return HttpResponse()


# case: id=py-dj-3403 label=safe tier=2 note=the same sum under the evening's lock
def reserve_for_many_locked(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = int(request.POST["chairs"])
    with transaction.atomic():
        evening = get_object_or_404(Evening.objects.select_for_update(), pk=pk)
        taken = sum(seat.chairs for seat in evening.seats.all())
        if taken + wanted > evening.chairs:
            return HttpResponseBadRequest("not enough chairs")
        Seat.objects.create(evening=evening, guest=request.POST["guest"], chairs=wanted)
    return HttpResponse()


# case: id=py-dj-3404 label=race rule=check-then-act tier=2 note=the sum of one column
def reserve_by_column(evening_id: int, guest: str) -> None:
    evening = Evening.objects.get(pk=evening_id)
    if sum(evening.seats.values_list("chairs", flat=True)) >= evening.chairs:
        raise ValueError("full")
    evening.seats.create(guest=guest)  # expect: check-then-act


# case: id=py-dj-3405 label=race rule=check-then-act tier=3 note=a loop adds up what is taken
def reserve_after_adding_up(evening_id: int, guest: str) -> None:
    evening = Evening.objects.get(pk=evening_id)
    taken = 0
    for seat in evening.seats.filter(given_up=False):
        taken += seat.chairs
    if taken >= evening.chairs:
        raise ValueError("full")
    Seat.objects.create(evening=evening, guest=guest)  # expect: check-then-act


# case: id=py-dj-3406 label=safe tier=3 note=the loop adds up under the evening's lock
@transaction.atomic
def reserve_after_adding_up_locked(evening_id: int, guest: str) -> None:
    evening = Evening.objects.select_for_update().get(pk=evening_id)
    taken = 0
    for seat in evening.seats.filter(given_up=False):
        taken += seat.chairs
    if taken >= evening.chairs:
        raise ValueError("full")
    Seat.objects.create(evening=evening, guest=guest)


# case: id=py-dj-3407 label=race rule=check-then-act tier=3 note=the seats that count are picked out by a comprehension
def reserve_unless_given_up(evening_id: int, guest: str) -> None:
    evening = Evening.objects.get(pk=evening_id)
    kept = [seat for seat in evening.seats.all() if not seat.given_up]
    if len(kept) >= evening.chairs:
        raise ValueError("full")
    Seat.objects.create(evening=evening, guest=guest)  # expect: check-then-act


# case: id=py-dj-3408 label=safe tier=3 note=rows whose sum was wrong are deleted and made anew: the second run makes the same
def mend_tallies(evening_id: int) -> None:
    evening = Evening.objects.get(pk=evening_id)
    present = evening.seats.count()
    tallies = Tally.objects.filter(evening=evening, kind="present")
    if sum(tally.seats for tally in tallies) == present:
        return
    with transaction.atomic():
        Tally.objects.filter(evening=evening).delete()
        Tally.objects.create(evening=evening, kind="present", seats=present)


# case: id=py-dj-3409 label=race rule=stale-overwrite tier=2 note=each column is a given one or the old one, and all are saved
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    evening = get_object_or_404(Evening, pk=pk)
    evening.title = request.POST.get("title", evening.title)
    evening.chairs = request.POST.get("chairs", evening.chairs)
    evening.save()  # expect: stale-overwrite
    return HttpResponse()


# case: id=py-dj-3410 label=race rule=check-then-act tier=3 note=a seat that is there moves to another evening, whose seats were counted
def move(request: HttpRequest, pk: int) -> HttpResponse:
    seat = get_object_or_404(Seat, pk=pk)
    target = get_object_or_404(Evening, pk=request.POST["evening"])
    if target.seats.count() >= target.chairs:
        return HttpResponseBadRequest("no chair left")
    seat.evening = target
    seat.save(update_fields=["evening"])  # expect: check-then-act
    return HttpResponse()


# case: id=py-dj-3411 label=safe tier=3 note=the same with the other evening locked
def move_locked(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        target = get_object_or_404(Evening.objects.select_for_update(), pk=request.POST["evening"])
        if target.seats.count() >= target.chairs:
            return HttpResponseBadRequest("no chair left")
        Seat.objects.filter(pk=pk).update(evening=target)
    return HttpResponse()


# case: id=py-dj-3412 label=race rule=check-then-act tier=3 note=a seat that was given up is taken again, among those that count
def take_again(request: HttpRequest, pk: int) -> HttpResponse:
    evening = get_object_or_404(Evening, pk=pk)
    if Seat.objects.filter(evening=evening, given_up=False).count() >= evening.chairs:
        return HttpResponseBadRequest("no chair left")
    Seat.objects.filter(evening=evening, guest=request.POST["guest"]).update(given_up=False)  # expect: check-then-act
    return HttpResponse()


# case: id=py-dj-3413 label=safe tier=3 note=what is written leaves those that were counted
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    evening = get_object_or_404(Evening, pk=pk)
    if evening.seats.filter(given_up=False).count() == 0:
        return HttpResponseBadRequest("nobody comes")
    Seat.objects.filter(evening=evening, guest=request.POST["guest"]).update(given_up=True)
    return HttpResponse()


# case: id=py-dj-3414 label=safe tier=3 note=one more of those of which there have to be several does no harm
def keep_company(request: HttpRequest, pk: int) -> HttpResponse:
    evening = get_object_or_404(Evening, pk=pk)
    if Seat.objects.filter(evening=evening, given_up=False).count() <= 1:
        return HttpResponseBadRequest("nobody else comes")
    Seat.objects.filter(evening=evening, guest=request.POST["guest"]).update(given_up=False)
    return HttpResponse()
