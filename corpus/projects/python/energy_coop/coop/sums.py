"""Totals of roofs that are parts of others, upwards."""

from django.db.models import F

from .models import Roof


def spread(roof, units):
    roof.total += units
    roof.save(update_fields=["total"])  # expect: lost-update
    if roof.parent_id is not None:
        spread(Roof.objects.get(pk=roof.parent_id), units)


def spread_stored(pk, units):
    Roof.objects.filter(pk=pk).update(total=F("total") + units)
    parent = Roof.objects.filter(pk=pk).values_list("parent_id", flat=True).first()
    if parent is not None:
        spread_stored(parent, units)
