"""Who gets a night."""

from . import models as m


class NightTaken(Exception):
    pass


def claim(pk: int, observer: str) -> m.Night:
    night = m.Night.objects.get(pk=pk)
    if night.state != "free":
        raise NightTaken(pk)
    night.state = "claimed"
    night.observer = observer
    night.save(update_fields=["state", "observer"])  # expect: check-then-act
    return night


def claim_once(pk: int, observer: str) -> None:
    if not m.Night.objects.filter(pk=pk, state="free").update(state="claimed", observer=observer):
        raise NightTaken(pk)
