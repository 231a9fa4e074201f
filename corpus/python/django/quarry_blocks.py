"""Blocks of a quarry: labels that are cut to what their column holds as they are saved."""

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404


class Block(models.Model):
    label = models.CharField(max_length=120)
    quarryman = models.CharField(max_length=30)
    notes = models.TextField(max_length=120)
    tons = models.IntegerField()

    def save(self, *args, **kwargs):
        if len(self.label) > 120:
            self.label = self.label[:117] + "..."
        super().save(*args, **kwargs)


def weigh(request, pk):
    """No label in the table is longer than its column: this one goes back as it was read."""
    block = get_object_or_404(Block, pk=pk)
    block.tons = int(request.POST["tons"])
    block.save(update_fields=["label", "tons"])
    return HttpResponse("ok")


def relabel(request, pk):
    """A longer one was put there by this run."""
    block = get_object_or_404(Block, pk=pk)
    block.label = request.POST["label"]
    block.save(update_fields=["label"])
    return HttpResponse("ok")


def shorten(request, pk):
    """Shorter than the column: there may be such labels."""
    block = get_object_or_404(Block, pk=pk)
    if len(block.label) > 40:
        block.label = block.label[:37] + "..."
        block.save(update_fields=["label"])  # expect: lost-update
    return HttpResponse("ok")


def shorten_notes(request, pk):
    """A text that the database does not hold to any length."""
    block = get_object_or_404(Block, pk=pk)
    if len(block.notes) > 120:
        block.notes = block.notes[:117] + "..."
        block.save(update_fields=["notes"])  # expect: lost-update
    return HttpResponse("ok")


def sign(request, pk):
    """What follows the length is not forgotten."""
    block = get_object_or_404(Block, pk=pk)
    if len(block.quarryman) <= 30 and len(block.label) < 121:
        block.quarryman = block.quarryman + "*"
        block.save(update_fields=["quarryman"])  # expect: lost-update
    return HttpResponse("ok")
