"""Tide tables: corrections to rows that carry a version, and to some that don't."""
from __future__ import annotations

from concurrency.fields import IntegerVersionField
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404


class Gauge(models.Model):
    name = models.CharField(max_length=40)
    offset = models.IntegerField(default=0)
    note = models.TextField(blank=True)
    version = IntegerVersionField()


class Buoy(models.Model):
    name = models.CharField(max_length=40)
    offset = models.IntegerField(default=0)
    note = models.TextField(blank=True)


# case: the field's own save refuses a row whose version has moved on
def correct_gauge(request: HttpRequest, pk: int) -> HttpResponse:
    gauge = get_object_or_404(Gauge, pk=pk)
    gauge.offset += int(request.POST["by"])
    gauge.save()
    return HttpResponse(str(gauge.offset))


# case: nothing tells that another has come in between
def correct_buoy(request: HttpRequest, pk: int) -> HttpResponse:
    buoy = get_object_or_404(Buoy, pk=pk)
    buoy.offset += int(request.POST["by"])
    buoy.save()  # expect: lost-update
    return HttpResponse(str(buoy.offset))
