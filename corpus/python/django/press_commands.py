"""Copies of a newsroom's software, entered by command: what a framework hands to what it calls."""
from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import models


class Instance(models.Model):
    host = models.CharField(max_length=80)
    load = models.IntegerField(default=0)
    notes = models.TextField(default="")

    class Meta:
        app_label = "press"


class Command(BaseCommand):
    # case: a command that declares no arguments is handed none, and ends where it asks for one
    def handle(self, *args: Any, **options: Any) -> None:
        host = args[0]
        found = Instance.objects.filter(host=host).first()
        if not found:
            Instance.objects.create(host=host)


class Declared(BaseCommand):
    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("args", nargs="*")

    # case: one that declares them is handed what was typed
    def handle(self, *args: Any, **options: Any) -> None:
        host = args[0]
        found = Instance.objects.filter(host=host).first()
        if not found:
            Instance.objects.create(host=host)  # expect: check-then-create
