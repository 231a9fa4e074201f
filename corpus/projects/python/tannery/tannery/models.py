from django.db import models


class Hide(models.Model):
    area = models.IntegerField(default=0)
    days = models.IntegerField(default=0)
    grade = models.CharField(max_length=4)
    shelf = models.CharField(max_length=10)
