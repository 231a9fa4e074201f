"""What hangs in the loft; every save stamps the row."""
from django.db import models


class Stamped(models.Model):
    number = models.CharField(max_length=20, unique=True)
    notes = models.TextField(blank=True)
    revised = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Sail(Stamped):
    labels = models.ManyToManyField("loft.Label")


class Spar(Stamped):
    labels = models.ManyToManyField("loft.Label")


class Boom(Stamped):
    labels = models.ManyToManyField("loft.Label")


class Batten(Stamped):
    labels = models.ManyToManyField("loft.Label")


class Sheet(Stamped):
    pass


class Winch(Stamped):
    pass


class Label(models.Model):
    name = models.CharField(max_length=40, unique=True)
