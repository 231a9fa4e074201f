from django.http import HttpResponse
from django.views.decorators.http import require_POST

from . import wiring
from .services import Kitchen
from .wiring import booking


@require_POST
def take(request, pk):
    booking.take(pk)
    return HttpResponse(status=204)


@require_POST
def take_held(request, pk):
    wiring.booking.take_held(pk)
    return HttpResponse(status=204)


class Stove:
    def __init__(self, kitchen: Kitchen):
        self.kitchen = kitchen

    def cook(self, pk, portions):
        self.kitchen.cook(pk, portions)

    def cook_more(self, pk, portions):
        self.kitchen.cook_more(pk, portions)
