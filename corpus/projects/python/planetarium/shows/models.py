"""What a planetarium shows, and for how much."""
from django.db import models


class Tariff(models.Model):
    name = models.CharField(max_length=40)
    price = models.IntegerField(default=0)
    edited = models.BooleanField(default=False)
    note = models.TextField(default="")


class Dome(models.Model):
    name = models.CharField(max_length=40)
    seats = models.IntegerField(default=0)
    open = models.BooleanField(default=True)


class Projector(models.Model):
    dome = models.ForeignKey(Dome, on_delete=models.CASCADE)
    lamp_hours = models.IntegerField(default=0)
