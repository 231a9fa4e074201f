"""Fills an empty database with rows to look at; run by hand."""
# case: a script that sets the framework up for itself puts its first rows there
from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "works.settings")
django.setup()

from django.db import models  # noqa: E402


class Reservoir(models.Model):
    name = models.CharField(max_length=40)

    class Meta:
        app_label = "seeds"


def fill(count: int) -> None:
    for n in range(count):
        Reservoir.objects.get_or_create(name=f"Reservoir {n}")
    if not Reservoir.objects.filter(name="Overflow").exists():
        Reservoir.objects.create(name="Overflow")


fill(int(sys.argv[1]))
