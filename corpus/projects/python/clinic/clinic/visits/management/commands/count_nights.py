from django.core.management.base import BaseCommand

from clinic.visits.jobs import NightCount


class Command(BaseCommand):
    def handle(self, *args, **options):
        NightCount.start(options["ward"])
