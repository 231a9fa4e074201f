"""Copies of a newsroom's software, entered by command: what a framework hands to what it calls."""
from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat


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


class Entered(BaseCommand):
    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", dest="host")
        parser.add_argument("--load", type=int)

    # case: what is asked for first may have been typed; whoever left it out is gone by then
    def handle(self, **options: Any) -> None:
        if not options.get("host"):
            raise CommandError("--host is missing")
        if options.get("load"):
            copy = Instance.objects.filter(host=options["host"], load=options["load"])
            if not copy.exists():
                copy = Instance(host=options["host"], load=options["load"])
                copy.save()  # expect: check-then-create


class Noted(BaseCommand):
    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", dest="host")

    # case: the same, adding to what the row has, which the store puts together
    def handle(self, **options: Any) -> None:
        host = options.get("host", None)
        if host is None:
            raise CommandError("--host is missing")
        Instance.objects.filter(host=host).update(notes=Concat("notes", Value("seen")))
