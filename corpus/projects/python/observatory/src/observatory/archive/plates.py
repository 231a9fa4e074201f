"""Glass plates, which are lent."""

from django.db import transaction
from django.db.models import F
from django.http import HttpResponse

from ..nights.models import Plate

__all__ = ["NoCopyLeft", "lend"]


class NoCopyLeft(Exception):
    pass


def lend(pk):
    plate = Plate.objects.get(pk=pk)
    if plate.copies < 1:
        raise NoCopyLeft(pk)
    plate.copies -= 1
    plate.save()  # expect: lost-update  # reached: POST /plates/<int:pk>/lend/


def lend_locked(pk):
    with transaction.atomic():
        plate = Plate.objects.select_for_update().get(pk=pk)
        if plate.copies < 1:
            raise NoCopyLeft(pk)
        plate.copies -= 1
        plate.save()


def returned(request, pk):
    Plate.objects.filter(pk=pk).update(copies=F("copies") + 1)
    return HttpResponse(status=204)
