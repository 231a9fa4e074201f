"""A settlement, in steps that keep things on the object between them."""

from django.db import transaction

from .models import Roof, Share


class Settlement:
    def __init__(self, roof_id):
        self.roof_id = roof_id
        self.shares = {}
        self.gains = {}

    def gather(self):
        for share in Share.objects.filter(roof_id=self.roof_id):
            self.shares[share.pk] = share
            self.gains[share.pk] = share.units // 10

    def book(self):
        for pk, gain in self.gains.items():
            share = self.shares[pk]
            share.units = share.units + gain
            share.save(update_fields=["units"])  # expect: lost-update

    def run(self):
        self.gather()
        self.book()


class HeldSettlement:
    """The same under the locks of all shares, which are taken in the order of their keys."""

    def __init__(self, roof_id):
        self.roof_id = roof_id
        self.shares = []

    def gather(self):
        self.shares = list(Share.objects.select_for_update().filter(roof_id=self.roof_id).order_by("pk"))

    def book(self):
        for share in self.shares:
            share.units = share.units + share.units // 10
        Share.objects.bulk_update(self.shares, ["units"])

    def run(self):
        with transaction.atomic():
            self.gather()
            self.book()


def drained(pks):
    """Rows in a list, changed one by one and written together."""
    roofs = [roof for roof in Roof.objects.filter(pk__in=pks) if not roof.spent]
    for roof in roofs:
        roof.stored = roof.stored - 1
    Roof.objects.bulk_update(roofs, ["stored"])  # expect: lost-update
