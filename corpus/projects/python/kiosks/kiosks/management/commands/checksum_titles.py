"""Checksums of titles, for a framework that is no more."""
from typing import Any

from django.core.management.base import BaseCommand

from kiosks.models import Title


class Command(BaseCommand):
    option_list = BaseCommand.option_list

    # case: the class asks for what its base has no more: the file can't be loaded
    def handle(self, *args: Any, **options: Any) -> None:
        for title in Title.objects.all():
            title.returns = title.returns * 2
            title.save(update_fields=["returns"])
