"""Ways to hold a quay while it is worked on."""
from contextlib import ExitStack, contextmanager

from django.db import transaction

from harbour.models import Quay


class HeldQuay:
    """Begins and ends the transaction by hand."""

    def __init__(self, pk):
        self.pk = pk
        self.transaction = transaction.atomic()

    def __enter__(self):
        self.transaction.__enter__()
        return Quay.objects.select_for_update().get(pk=self.pk)

    def __exit__(self, kind, error, trace):
        return self.transaction.__exit__(kind, error, trace)


class StackedQuay:
    """Leaves it to a stack to end the transaction."""

    def __init__(self, pk):
        self.pk = pk
        self.open = ExitStack()

    def __enter__(self):
        self.open.enter_context(transaction.atomic())
        return Quay.objects.select_for_update().get(pk=self.pk)

    def __exit__(self, *failure):
        return self.open.__exit__(*failure)


class OpenQuay:
    """Holds nothing."""

    def __init__(self, pk):
        self.pk = pk

    def __enter__(self):
        return Quay.objects.get(pk=self.pk)

    def __exit__(self, *failure):
        return False


class Harbourmaster:
    @contextmanager
    def holding(self, pk):
        with transaction.atomic():
            yield Quay.objects.select_for_update().get(pk=pk)
