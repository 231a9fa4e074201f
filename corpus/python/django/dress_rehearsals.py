"""A theatre's box office: what is written in a transaction that is always rolled back comes to nothing."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST


class Evening(models.Model):
    title = models.CharField(max_length=80)
    seats_left = models.IntegerField(default=0)
    open = models.BooleanField(default=False)

    class Meta:
        app_label = "box_office"


class Undone(Exception):
    pass


@contextlib.contextmanager
def rehearsal() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass


@contextlib.contextmanager
def performance() -> Iterator[None]:
    with transaction.atomic():
        yield


# case: id=py-dj-9875 label=safe tier=3 note=a transaction that a context manager always rolls back
@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    with rehearsal():
        evening = get_object_or_404(Evening, pk=pk)
        evening.seats_left -= int(request.POST["seats"])
        evening.save(update_fields=["seats_left"])
        page = render(request, "box_office/preview.html", {"evening": evening})
    return page


# case: id=py-dj-9876 label=race rule=lost-update tier=2 note=the same in one that commits, also where the body returns
@require_POST
def sell(request: HttpRequest, pk: int) -> HttpResponse:
    with performance():
        evening = get_object_or_404(Evening, pk=pk)
        evening.seats_left -= int(request.POST["seats"])
        evening.save(update_fields=["seats_left"])  # expect: lost-update
        return render(request, "box_office/sold.html", {"evening": evening})


# case: id=py-dj-9877 label=safe tier=3 note=whoever gets this far is always refused, and the transaction with it
@require_POST
def refuse(request: HttpRequest, pk: int) -> JsonResponse:
    try:
        with transaction.atomic():
            evening = get_object_or_404(Evening, pk=pk)
            evening.seats_left -= 1
            evening.save(update_fields=["seats_left"])
            raise Undone
    except Undone:
        return JsonResponse({"left": evening.seats_left})


# case: id=py-dj-9878 label=race rule=lost-update tier=3 note=only some are refused
@require_POST
def book(request: HttpRequest, pk: int) -> JsonResponse:
    try:
        with transaction.atomic():
            evening = get_object_or_404(Evening, pk=pk)
            evening.seats_left -= 1
            evening.save(update_fields=["seats_left"])  # expect: lost-update
            if request.POST.get("trial"):
                raise Undone
    except Undone:
        pass
    return JsonResponse({"left": evening.seats_left})
