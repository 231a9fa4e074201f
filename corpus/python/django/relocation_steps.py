"""Office moves: each move has a row of progress for every kind of step."""
from __future__ import annotations

from django.db import models


class StepKind(models.TextChoices):
    WHOLE = "whole"
    FURNITURE = "furniture"
    NETWORK = "network"


class Move(models.Model):
    office = models.CharField(max_length=40)

    class Meta:
        app_label = "relocation"


class Progress(models.Model):
    move = models.ForeignKey(Move, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=StepKind.choices)
    state = models.CharField(max_length=20, default="open")

    class Meta:
        app_label = "relocation"
        unique_together = [("move", "kind")]


# case: id=py-dj-4801 label=safe tier=2 note=the step that was read is none of those that are written
def skip_parts(move: Move) -> None:
    if move.steps.get(kind=StepKind.WHOLE).state != "open":
        raise ValueError(move.pk)
    parts = [StepKind.FURNITURE, StepKind.NETWORK]
    move.steps.filter(kind__in=parts).update(state="skipped")


# case: id=py-dj-4802 label=race rule=check-then-act tier=2 note=the step that was read is one of those that are written
def close_all(move: Move) -> None:
    if move.steps.get(kind=StepKind.WHOLE).state != "open":
        raise ValueError(move.pk)
    every = [StepKind.WHOLE, StepKind.FURNITURE, StepKind.NETWORK]
    move.steps.filter(kind__in=every).update(state="closed")  # expect: check-then-act
