"""Taking and changing offers: read by one method of the repository, written by another."""

from .repository import OfferRepository
from .running import transactional


class Market:
    def __init__(self, offers=None):
        self.offers = offers or OfferRepository()

    def take(self, pk, member):
        offer = self.offers.by_id(pk)
        if offer.state != "open":
            raise ValueError("gone")
        offer.state = "taken"
        offer.taken_by = member
        self.offers.keep(offer)

    @transactional
    def take_held(self, pk, member):
        offer = self.offers.by_id_for_change(pk)
        if offer.state != "open":
            raise ValueError("gone")
        offer.state = "taken"
        offer.taken_by = member
        self.offers.keep_held(offer)

    def split(self, pk, units):
        offer = self.offers.by_id(pk)
        self.offers.set_units(pk, offer.units - units)
