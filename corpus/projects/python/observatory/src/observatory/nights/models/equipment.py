from django.db import models

__all__ = ["Filter", "Plate"]


class Plate(models.Model):
    shelf = models.CharField(max_length=20)
    copies = models.IntegerField(default=1)
    remarks = models.JSONField(default=list)


class Filter(models.Model):
    name = models.CharField(max_length=20, unique=True)
    exposures = models.IntegerField(default=0)
