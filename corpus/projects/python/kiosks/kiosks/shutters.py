"""Shutters: helpers whose objects stay in this file, or do not."""
from .models import Kiosk


class Shutter:
    def __init__(self, pk: int) -> None:
        self.kiosk = Kiosk.objects.get(pk=pk)

    def lower(self) -> None:
        self.kiosk.copies -= 1
        self.kiosk.save(update_fields=["copies"])  # expect: lost-update

    # case: only this file has such objects, and nothing in it calls the method, whatever has one of that name elsewhere
    def enable(self) -> None:
        self.kiosk.copies += 1
        self.kiosk.save(update_fields=["copies"])


def lower(pk: int) -> None:
    shutter = Shutter(pk)
    shutter.lower()


class Awning:
    def __init__(self, pk: int) -> None:
        self.kiosk = Kiosk.objects.get(pk=pk)

    # case: an object of this one is handed on, to who may call it
    def enable(self) -> None:
        self.kiosk.sold += 1
        self.kiosk.save(update_fields=["sold"])  # expect: lost-update


def unfold(pk: int) -> Awning:
    awning = Awning(pk)
    return awning
