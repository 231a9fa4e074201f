"""What the desk does every evening."""

import os

from desk.store import ParcelTable


class Round:
    def __init__(self):
        self.parcels = ParcelTable(os.environ["PARCELS"])

    def _remind(self, parcel):
        parcel.reminders += 1
        self.parcels.keep_reminders(parcel)

    def remind(self, shelf):
        for parcel in self.parcels.on_shelf(shelf):
            self._remind(parcel)

    def remind_again(self, shelf):
        for parcel in self.parcels.on_shelf(shelf):
            self.parcels.add_reminder(parcel)

    def sign_off(self, shelf, clerk):
        for parcel in self.parcels.on_shelf(shelf):
            seen = list(parcel.signatures)
            parcel.signatures.append(clerk)
            self.parcels.keep_signatures(parcel, seen)
