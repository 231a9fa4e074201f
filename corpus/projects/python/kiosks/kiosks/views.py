"""What the kiosks ask."""
import cProfile

from django.http import HttpRequest, HttpResponse

from . import shutters


def close_kiosk(request: HttpRequest, pk: int) -> HttpResponse:
    profile = cProfile.Profile()
    profile.enable()
    shutters.lower(pk)
    return HttpResponse("closed")


def open_kiosk(request: HttpRequest, pk: int) -> HttpResponse:
    for part in [shutters.unfold(pk)]:
        part.enable()
    return HttpResponse("open")
