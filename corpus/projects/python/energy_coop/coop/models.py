from django.db import models

from .mixins import Closable, Stamped


class Roof(Stamped, Closable):
    owner = models.CharField(max_length=60)
    stored = models.IntegerField(default=0)
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)
    total = models.IntegerField(default=0)

    @property
    def spent(self):
        return self.stored <= 0

    def draw(self, units):
        """Safe if the row is held; whoever calls it has read it."""
        if self.spent:
            raise ValueError("nothing stored")
        self.stored -= units
        self.save()  # expect: lost-update


class Share(models.Model):
    roof = models.ForeignKey(Roof, on_delete=models.CASCADE)
    member = models.CharField(max_length=60)
    units = models.IntegerField(default=0)

    def grow(self, units):
        """Called under a lock only."""
        self.units += units
        self.save(update_fields=["units"])


class Offer(Stamped):
    member = models.CharField(max_length=60)
    units = models.IntegerField()
    state = models.CharField(max_length=10, default="open")
    taken_by = models.CharField(max_length=60, blank=True)
