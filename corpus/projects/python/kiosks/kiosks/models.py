"""Kiosks and the titles that they sell."""
from django.db import models


class Kiosk(models.Model):
    name = models.CharField(max_length=80)
    is_open = models.BooleanField(default=False)
    sold = models.IntegerField(default=0)
    copies = models.IntegerField(default=0)


class Title(models.Model):
    name = models.CharField(max_length=80)
    checksum = models.CharField(max_length=64, default="")
    returns = models.IntegerField(default=0)
