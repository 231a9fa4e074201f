from django.db import models


class Quay(models.Model):
    free = models.IntegerField(default=0)
    depth = models.IntegerField(default=0)


class Due(models.Model):
    owed = models.IntegerField(default=0)
    paid = models.IntegerField(default=0)


class Entry(models.Model):
    name = models.CharField(max_length=40)
    times = models.IntegerField(default=0)
