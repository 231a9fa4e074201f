from django.core.management.base import BaseCommand

from depot.stock.models import Bin


class Command(BaseCommand):
    help = "Adds what the last count found"

    def handle(self, *args, **options):
        for bin in Bin.objects.filter(state="open"):
            bin.pieces = bin.pieces + 1
            bin.save(update_fields=["pieces"])  # expect: lost-update  # reached: command mend_bins
