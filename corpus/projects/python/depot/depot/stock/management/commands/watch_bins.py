import time

from django.core.management.base import BaseCommand

from depot.stock.models import Bin


class Command(BaseCommand):
    help = "Runs until it is stopped"

    def handle(self, *args, **options):
        while True:
            self.one_round()
            time.sleep(5)

    def one_round(self):
        bin = Bin.objects.filter(state="open").first()
        if bin is not None:
            bin.pieces = bin.pieces + 1
            bin.save(update_fields=["pieces"])  # expect: lost-update  # reached: command watch_bins
