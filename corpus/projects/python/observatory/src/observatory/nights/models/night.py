from django.db import models


class Night(models.Model):
    date = models.DateField(unique=True)
    observer = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, default="free")
    frames = models.IntegerField(default=0)
