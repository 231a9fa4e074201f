"""Bell towers: flags in the cache that say who set them, looks before the lock, ropes given out by number."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import shared_task
from django.core.cache import cache
from django.core.mail import mail_managers
from django.db import connection, models, transaction
from django.utils import timezone


class Tower(models.Model):
    state = models.CharField(max_length=10, default="silent")
    opens_at = models.DateTimeField()
    ringer = models.IntegerField(null=True)

    class Meta:
        app_label = "towers"


class Rope(models.Model):
    tower = models.ForeignKey(Tower, on_delete=models.CASCADE)
    number = models.IntegerField()
    held_by = models.CharField(max_length=60)

    class Meta:
        app_label = "towers"


@contextmanager
def tower_mutex(tower_id: int) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [tower_id])
        yield


# case: id=py-dj-2601 label=race rule=non-atomic-lock tier=2 note=the flag says who has set it, and is set after a look
@shared_task(bind=True)
def ring_hours(self: Any, tower_id: int) -> str:
    key = f"ringing:{tower_id}"
    if cache.get(key):
        return "busy"
    cache.set(key, self.request.id, timeout=900)  # expect: non-atomic-lock
    mail_managers("Bells", f"tower {tower_id} rings")
    return "rung"


# case: id=py-dj-2602 label=safe tier=2 note=what was handed in is only remembered
def remember_tune(tower_id: int, tune: str) -> str:
    known = cache.get(f"tune:{tower_id}")
    if known:
        return known
    cache.set(f"tune:{tower_id}", tune, timeout=900)
    return tune


# case: id=py-dj-2603 label=safe tier=3 note=the state is tested again under the lock; the hour that was only compared with the time comes by itself
def occupy(tower_id: int, ringer: int) -> None:
    early = Tower.objects.get(pk=tower_id)
    if early.state != "silent" or early.opens_at > timezone.now():
        raise ValueError(tower_id)
    with transaction.atomic():
        tower = Tower.objects.select_for_update().get(pk=tower_id)
        if tower.state != "silent":
            raise ValueError(tower_id)
        tower.state, tower.ringer = "ringing", ringer
        tower.save(update_fields=["state", "ringer"])


# case: id=py-dj-2604 label=race rule=read-before-lock tier=3 note=the free rope is looked for before the lock
def take_rope(tower: Tower, name: str) -> Rope:
    used = set(Rope.objects.filter(tower=tower).values_list("number", flat=True))
    free = next((n for n in range(1, 9) if n not in used), None)
    if free is None:
        raise ValueError(name)
    with tower_mutex(tower.pk):
        return Rope.objects.create(tower=tower, number=free, held_by=name)  # expect: read-before-lock


# case: id=py-dj-2605 label=safe tier=3 note=the same under the lock
def take_rope_locked(tower: Tower, name: str) -> Rope:
    with tower_mutex(tower.pk):
        used = set(Rope.objects.filter(tower=tower).values_list("number", flat=True))
        free = next((n for n in range(1, 9) if n not in used), None)
        if free is None:
            raise ValueError(name)
        return Rope.objects.create(tower=tower, number=free, held_by=name)
