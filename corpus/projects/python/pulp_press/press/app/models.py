"""A plugin of Pulp: sheets are printed from plates, by presses."""
from django.db import models


class Press(models.Model):
    name = models.CharField(max_length=80)
    printed = models.IntegerField(default=0)
    cleaned = models.IntegerField(default=0)
    oiled = models.IntegerField(default=0)
    next_run = models.IntegerField(default=1)
    paused = models.BooleanField(default=False)


class Plate(models.Model):
    press = models.ForeignKey(Press, on_delete=models.CASCADE)
    worn = models.IntegerField(default=0)


class Ledger(models.Model):
    sheets = models.IntegerField(default=0)
    spoilt = models.IntegerField(default=0)
