"""Tools that members take out for hours of their allowance."""
from __future__ import annotations

from django.conf import settings
from django.db import models


class Member(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    hours = models.IntegerField(default=0)
    deposit = models.IntegerField(default=0)

    class Meta:
        app_label = "toolshed"


class Tool(models.Model):
    name = models.CharField(max_length=40)
    rate = models.PositiveSmallIntegerField(default=1)

    class Meta:
        app_label = "toolshed"


class Outing(models.Model):
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)

    class Meta:
        app_label = "toolshed"
