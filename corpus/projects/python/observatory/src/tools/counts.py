"""Counting, for whoever counts. (This folder has no `__init__.py`: it is a namespace package.)"""

from django.db.models import F


def add_frames(night, frames):
    night.frames += frames
    night.save(update_fields=["frames"])  # expect: lost-update  # reached: POST /nights/<int:pk>/frames/


def add_frames_stored(model, pk, frames):
    model.objects.filter(pk=pk).update(frames=F("frames") + frames)
