"""What is said of a plate."""

from django.db import transaction

from observatory.nights import models


def append(pk, text):
    plate = models.Plate.objects.get(pk=pk)
    plate.remarks = plate.remarks + [text]
    plate.save(update_fields=["remarks"])  # expect: lost-update


@transaction.atomic
def append_locked(pk, text):
    plate = models.Plate.objects.select_for_update().get(pk=pk)
    plate.remarks = plate.remarks + [text]
    plate.save(update_fields=["remarks"])
