"""Services over dues, and a register that is used like a dictionary."""
from functools import cached_property

from django.db import transaction

from harbour.models import Due, Entry


class Book:
    model = None

    def one(self, pk):
        return self.model.objects.get(pk=pk)

    def put(self, row, *fields):
        row.save(update_fields=list(fields))  # expect: lost-update  # reached: POST /dues/<int:pk>/charge/

    def add(self, pk, amount):
        row = self.one(pk)
        self.change(row, amount)
        self.put(row, "owed")

    def change(self, row, amount):
        raise NotImplementedError


class Held:
    """Before a book: what it reads is held until it is written."""

    def one(self, pk):
        return self.model.objects.select_for_update().get(pk=pk)

    def add(self, pk, amount):
        with transaction.atomic():
            super().add(pk, amount)


class Waiver:
    """One due, looked up once."""

    def __init__(self, pk):
        self.pk = pk

    @cached_property
    def due(self):
        return Due.objects.get(pk=self.pk)

    @property
    def owed(self):
        return self.due.owed

    @owed.setter
    def owed(self, amount):
        self.due.owed = amount

    def halve(self):
        self.owed = self.owed // 2
        self.due.save(update_fields=["owed"])  # expect: lost-update


class Register:
    def __contains__(self, name):
        return Entry.objects.filter(name=name).exists()

    def __getitem__(self, name):
        return Entry.objects.get(name=name).times

    def __setitem__(self, name, times):
        Entry.objects.filter(name=name).update(times=times)  # expect: lost-update  # reached: POST /registers/<str:name>/count/


register = Register()
