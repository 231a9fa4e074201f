"""Polls: a copy on which something is tried out is changed without the row."""
from __future__ import annotations

import copy

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST


class Poll(models.Model):
    title = models.CharField(max_length=80)
    least = models.IntegerField(default=0)
    most = models.IntegerField(default=9)
    labels = models.JSONField(default=dict)

    class Meta:
        app_label = "polls"

    def check_bounds(self) -> None:
        if self.least > self.most:
            raise ValidationError("least exceeds most")


# case: id=py-dj-9872 label=race rule=stale-overwrite tier=2 note=what is tried out on a copy is no change of the row
@require_POST
def rename(request: HttpRequest, pk: int) -> JsonResponse:
    # What would be too much is tried out on a copy; the row goes back with its title only.
    poll = get_object_or_404(Poll, pk=pk)
    trial = copy.copy(poll)
    trial.least = poll.least + int(request.POST["more"])
    trial.check_bounds()
    poll.title = request.POST["title"]
    poll.save()  # expect: stale-overwrite
    return JsonResponse({"title": poll.title})


# case: id=py-dj-9873 label=race rule=lost-update tier=2 note=a copy of the row that is saved
@require_POST
def demand_more(request: HttpRequest, pk: int) -> JsonResponse:
    # The copy is the same row to the database.
    poll = get_object_or_404(Poll, pk=pk)
    trial = copy.copy(poll)
    trial.least = poll.least + int(request.POST["more"])
    trial.check_bounds()
    trial.save(update_fields=["least"])  # expect: lost-update
    return JsonResponse({"least": trial.least})


# case: id=py-dj-9874 label=race rule=lost-update tier=2 note=a deep copy of a document that is put back
@require_POST
def label(request: HttpRequest, pk: int) -> JsonResponse:
    poll = get_object_or_404(Poll, pk=pk)
    labels = copy.deepcopy(poll.labels)
    labels[request.POST["name"]] = request.POST["text"]
    poll.labels = labels
    poll.save(update_fields=["labels"])  # expect: lost-update
    return JsonResponse({"labels": poll.labels})


@require_POST
def set_most(request: HttpRequest, pk: int) -> JsonResponse:
    Poll.objects.filter(pk=pk).update(most=int(request.POST["most"]))
    return JsonResponse({})
