"""An excavation: finds get labels that are counted on, and a label that is taken is or is not refused."""
from __future__ import annotations

import logging

from django.db import IntegrityError, models, transaction

logger = logging.getLogger(__name__)


class Trench(models.Model):
    name = models.CharField(max_length=20, unique=True)

    class Meta:
        app_label = "dig"


class Find(models.Model):
    trench = models.ForeignKey(Trench, on_delete=models.PROTECT, related_name="finds")
    label = models.CharField(max_length=40)
    material = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "dig"


class Sketch(models.Model):
    trench = models.ForeignKey(Trench, on_delete=models.PROTECT, related_name="sketches")
    label = models.CharField(max_length=40, unique=True)

    class Meta:
        app_label = "dig"


class Level(models.Model):
    trench = models.ForeignKey(Trench, on_delete=models.PROTECT, related_name="levels")
    depth = models.PositiveIntegerField()

    class Meta:
        app_label = "dig"
        unique_together = [("trench", "depth")]


# case: id=py-dj-9411 label=race rule=check-then-create tier=2 note=nothing ever refuses a label, the handler waits in vain
def register(trench: Trench, material: str) -> Find:
    label = f"{trench.name}-{trench.finds.count() + 1:04d}"
    try:
        return Find.objects.create(trench=trench, label=label, material=material)  # expect: check-then-create
    except IntegrityError:
        logger.exception("label %s is taken", label)
        raise


# case: id=py-dj-9412 label=safe tier=2 note=the label itself is unique: who comes second counts anew
def draw(trench: Trench) -> Sketch:
    while True:
        label = f"{trench.name}-{Sketch.objects.filter(trench=trench).count() + 1:04d}"
        try:
            with transaction.atomic():
                return Sketch.objects.create(trench=trench, label=label)
        except IntegrityError:
            logger.info("label %s is taken", label)


# case: id=py-dj-9413 label=safe tier=2 note=a depth is there once in its trench, and who comes second is told so
def deepen(trench: Trench) -> Level | None:
    depth = Level.objects.filter(trench=trench).count() + 1
    try:
        with transaction.atomic():
            return Level.objects.create(trench=trench, depth=depth)
    except IntegrityError:
        return None
