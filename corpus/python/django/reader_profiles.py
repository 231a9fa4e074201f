"""Reader profiles: JSON columns that may be empty, copied and put back."""
from __future__ import annotations

from typing import Any

from django.db import models, transaction


class Reader(models.Model):
    shelves = models.JSONField(default=dict, null=True)

    class Meta:
        app_label = "reading"


# case: id=py-dj-4700 label=race rule=lost-update tier=1 note=dict() of the column or nothing
def pin_shelf(reader_id: int, shelf: str, place: int) -> None:
    reader = Reader.objects.get(pk=reader_id)
    shelves = dict(reader.shelves or {})
    shelves[shelf] = place
    reader.shelves = shelves
    reader.save(update_fields=["shelves"])  # expect: lost-update


# case: id=py-dj-4701 label=race rule=lost-update tier=1 note=spread of the column or nothing
def move_shelf(reader_id: int, shelf: str, place: int) -> None:
    reader = Reader.objects.get(pk=reader_id)
    reader.shelves = {**(reader.shelves or {}), shelf: place}
    reader.save(update_fields=["shelves"])  # expect: lost-update


# case: id=py-dj-4702 label=safe tier=1 note=the row is locked by the read
def pin_shelf_locked(reader_id: int, shelf: str, place: int) -> None:
    with transaction.atomic():
        reader = Reader.objects.select_for_update().get(pk=reader_id)
        reader.shelves = {**(reader.shelves or {}), shelf: place}
        reader.save(update_fields=["shelves"])


# case: id=py-dj-4703 label=safe tier=1 note=nothing of what was there is kept
def replace_shelves(reader_id: int, given: dict[str, Any] | None) -> None:
    reader = Reader.objects.get(pk=reader_id)
    reader.shelves = dict(given or {})
    reader.save(update_fields=["shelves"])
