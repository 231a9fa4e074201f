from django.db import models


class Ward(models.Model):
    slug = models.SlugField(unique=True)
    free = models.IntegerField(default=0)
    admitted = models.IntegerField(default=0)
    billed = models.IntegerField(default=0)
    imported = models.IntegerField(default=0)
    beds = models.IntegerField(default=0)
    recounts = models.IntegerField(default=0)
    changes = models.IntegerField(default=0)
    letters = models.IntegerField(default=0)
    nights = models.IntegerField(default=0)
