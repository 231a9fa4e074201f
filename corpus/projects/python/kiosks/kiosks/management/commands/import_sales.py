"""Sales from a file, with the file declared."""
from typing import Any

from django.core.management.base import BaseCommand

from kiosks.models import Title


# case: a command that declares its arguments comes to the call
def import_sale(name: str) -> None:
    title = Title.objects.get(name=name)
    title.returns -= 1
    title.save(update_fields=["returns"])  # expect: lost-update


class Command(BaseCommand):
    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("args", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        path = args[0]
        with open(path) as lines:
            for line in lines:
                import_sale(line.strip())
