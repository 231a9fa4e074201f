from django.db import models


class Plot(models.Model):
    beds = models.IntegerField(default=0)
    waters = models.IntegerField(default=0)
    notes = models.IntegerField(default=0)
    opened = models.IntegerField(default=0)
    lent = models.IntegerField(default=0)


class Shed(models.Model):
    keys = models.IntegerField(default=0)
    uses = models.IntegerField(default=0)


class Tool(models.Model):
    slug = models.SlugField(unique=True)
    looks = models.IntegerField(default=0)
    lent = models.IntegerField(default=0)
