"""Offers, as the market sees them."""

from .models import Offer


class OfferRepository:
    def by_id(self, pk):
        return Offer.objects.get(pk=pk)

    def by_id_for_change(self, pk):
        return Offer.objects.select_for_update().get(pk=pk)

    def keep(self, offer):
        offer.save()  # expect: check-then-act

    def keep_held(self, offer):
        offer.save()

    def set_units(self, pk, units):
        Offer.objects.filter(pk=pk).update(units=units)  # expect: lost-update
