"""Chapel organs: consoles held in the cache under the name of who plays, and looked at before they are taken."""
from __future__ import annotations

import requests
from django.core.cache import cache
from django.db import models

BLOWER_URL = "https://blowers.internal/v1"


class Organ(models.Model):
    stops = models.PositiveSmallIntegerField(default=12)

    class Meta:
        app_label = "organs"


class ConsoleTaken(Exception):
    pass


def switch(organ_id: int, to: str) -> None:
    requests.post(f"{BLOWER_URL}/{organ_id}/{to}", timeout=5).raise_for_status()


# case: id=py-dj-2711 label=race rule=non-atomic-lock tier=2 note=whoever finds another there is turned away, whoever finds nobody sets his own name
def sit_down(organ_id: int, player_id: int) -> None:
    key = f"organ:{organ_id}"
    player = cache.get(key)
    if player is not None and player != player_id:
        raise ConsoleTaken(organ_id)
    cache.set(key, player_id, timeout=600)  # expect: non-atomic-lock
    switch(organ_id, "on")


# case: id=py-dj-2712 label=race rule=non-atomic-lock tier=2 note=the same, said the other way round, with the name as text
def rehearse(organ_id: int, player_id: int) -> bool:
    key = f"organ:{organ_id}"
    name = str(player_id)
    player = cache.get(key)
    if not player or player == name:
        cache.set(key, name, timeout=600)  # expect: non-atomic-lock
        switch(organ_id, "on")
        return True
    return False


# case: id=py-dj-2713 label=safe tier=2 note=added in one step; who sits there already is asked afterwards
def sit_down_first(organ_id: int, player_id: int) -> None:
    key = f"organ:{organ_id}"
    if not cache.add(key, player_id, timeout=600) and cache.get(key) != player_id:
        raise ConsoleTaken(organ_id)
    switch(organ_id, "on")


# case: id=py-dj-2714 label=safe tier=2 note=what was found is only compared with what has come since, nobody is turned away who finds another
def note_registration(organ_id: int, registration: str) -> bool:
    key = f"registration:{organ_id}"
    if cache.get(key) == registration:
        return False
    cache.set(key, registration, timeout=600)
    return True


# case: id=py-dj-2715 label=safe tier=2 note=only who holds the console may hold it longer
def stay(organ_id: int, player_id: int) -> None:
    key = f"organ:{organ_id}"
    if cache.get(key) != player_id:
        raise ConsoleTaken(organ_id)
    cache.set(key, player_id, timeout=600)
