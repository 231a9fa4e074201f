"""Works, prints of them, and the rooms they hang in. What nothing in the application names is a note at most."""
from django.db import models


class Room(models.Model):
    name = models.CharField(max_length=80, unique=True)
    seats = models.IntegerField(default=0)
    renamed = models.IntegerField(default=0)
    last_moved = models.DateTimeField(null=True)

    def add_bench(self):
        self.seats += 4
        self.save(update_fields=["seats"])

    @property
    def spare_bench(self):
        # Read in no template and by no code since the plan of the rooms went.
        self.add_bench()
        return self.seats


class Work(models.Model):
    room = models.ForeignKey(Room, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    prints = models.IntegerField(default=0)
    catalogues = models.IntegerField(default=0)
    label_number = models.IntegerField(default=0)
    guests = models.IntegerField(default=0)
    postcards = models.IntegerField(default=0)

    def order_print(self):
        self.prints -= 1
        self.save(update_fields=["prints"])  # expect: lost-update

    def order_catalogue(self):
        self.catalogues -= 1
        self.save(update_fields=["catalogues"])  # expect: lost-update

    def next_label(self):
        self.label_number += 1
        self.save(update_fields=["label_number"])  # expect: lost-update
        return self.label_number

    def order(self, kind):
        return getattr(self, f"order_{kind}")()

    def give_postcards(self, number):
        # Nothing but a test calls it.
        self.postcards -= number
        self.save(update_fields=["postcards"])

    def last_moved(self):
        # Rooms have a column of that name; nobody asks a work for it.
        self.label_number += 1
        self.save(update_fields=["label_number"])
        return self.room.last_moved

    @staticmethod
    def take_down(pk):
        work = Work.objects.get(pk=pk)
        withdraw(work, 1)

    @classmethod
    def clear_out(cls, pk):
        withdraw(cls.objects.get(pk=pk), 2)


def withdraw(work, number):
    """Only what nobody calls comes here."""
    work.prints -= number
    work.save(update_fields=["prints"])
