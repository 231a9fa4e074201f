from django.core.management.base import BaseCommand

from clinic.visits.counts import ImportVisits


class Command(BaseCommand):
    def handle(self, *args, **options):
        ImportVisits(options["ward"])(options["rows"])
