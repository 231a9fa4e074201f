"""How worn the filters are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

if TYPE_CHECKING:
    from .models import Filter


def add(glass: Filter, seconds: int) -> None:
    glass.exposures = glass.exposures + seconds
    glass.save(update_fields=["exposures"])  # expect: lost-update


def add_stored(glass: Filter, seconds: int) -> None:
    glass.exposures = F("exposures") + seconds
    glass.save(update_fields=["exposures"])
