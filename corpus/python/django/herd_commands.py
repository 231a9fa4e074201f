"""A herd book kept by hand: what two commands that are started by hand do to each other, and what a page does to one."""
from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import models
from django.http import HttpRequest, HttpResponse


class Animal(models.Model):
    tag = models.CharField(max_length=20)
    pasture = models.CharField(max_length=40)
    remark = models.TextField(default="")

    class Meta:
        app_label = "herd"


class Calf(models.Model):
    tag = models.CharField(max_length=20)
    weight = models.IntegerField(default=0)
    remark = models.TextField(default="")

    class Meta:
        app_label = "herd"


class Retag(BaseCommand):
    # case: nobody but another command changes other columns
    def handle(self, *args: Any, **options: Any) -> None:
        for animal in Animal.objects.all():
            animal.tag = "herd"
            animal.save()  # expect: stale-overwrite  # as: note


class Drive(BaseCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        Animal.objects.update(pasture="winter")


class RetagCalves(BaseCommand):
    # case: a page changes other columns while the command runs
    def handle(self, *args: Any, **options: Any) -> None:
        for calf in Calf.objects.all():
            calf.tag = "calf"
            calf.save()  # expect: stale-overwrite  # as: warning


def remark(request: HttpRequest, pk: int) -> HttpResponse:
    Calf.objects.filter(pk=pk).update(remark=request.POST["remark"])
    return HttpResponse(status=204)
