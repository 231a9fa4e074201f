"""Drafts of a newsroom: a test that leads to another one, which leaves, decides together with it."""
from __future__ import annotations

from django.db import models, transaction
from django.http import HttpResponse


class Draft(models.Model):
    title = models.CharField(max_length=120)
    editor = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "newsroom"


class Slot(models.Model):
    number = models.IntegerField()
    page = models.IntegerField()

    class Meta:
        app_label = "newsroom"


# case: id=py-dj-9711 label=race rule=check-then-act tier=2 note=who edits is tested outside, who may take over inside
def take_over(request, pk):
    draft = Draft.objects.get(pk=pk)
    if draft.editor:
        if not request.user.is_staff:
            return HttpResponse(status=409)
    draft.editor = request.user.username
    draft.save(update_fields=["editor"])  # expect: check-then-act
    return HttpResponse(status=204)


# case: id=py-dj-9712 label=safe tier=2 note=the same under the row's lock
@transaction.atomic
def take_over_locked(request, pk):
    draft = Draft.objects.select_for_update().get(pk=pk)
    if draft.editor:
        if not request.user.is_staff:
            return HttpResponse(status=409)
    draft.editor = request.user.username
    draft.save(update_fields=["editor"])
    return HttpResponse(status=204)


# case: id=py-dj-9713 label=safe tier=2 note=all that was counted is deleted before new rows take their place
def lay_out_again(request, pages):
    laid_out = Slot.objects.count()
    if laid_out and "force" not in request.POST:
        if not request.user.is_superuser:
            return HttpResponse(status=409)
    Slot.objects.all().delete()
    for page in range(pages):
        Slot.objects.create(number=1, page=page)
    return HttpResponse(status=204)


# case: id=py-dj-9714 label=race rule=check-then-act tier=2 note=nothing is deleted, so that the count is a limit
def lay_out_more(request, page):
    laid_out = Slot.objects.filter(page=page).count()
    if laid_out >= 12:
        if not request.user.is_superuser:
            return HttpResponse(status=409)
    Slot.objects.create(number=laid_out, page=page)  # expect: check-then-create
    return HttpResponse(status=204)


# case: id=py-dj-9715 label=race rule=check-then-act tier=2 note=in a loop the inner test ends the turn
def hand_over(request, page, editor):
    for draft in Draft.objects.filter(title__startswith=page):
        if draft.editor:
            if not request.user.is_staff:
                continue
        draft.editor = editor
        draft.save(update_fields=["editor"])  # expect: check-then-act
    return HttpResponse(status=204)


# case: id=py-dj-9716 label=safe tier=2 note=the same with the drafts locked
@transaction.atomic
def hand_over_locked(request, page, editor):
    for draft in Draft.objects.select_for_update().filter(title__startswith=page):
        if draft.editor:
            if not request.user.is_staff:
                continue
        draft.editor = editor
        draft.save(update_fields=["editor"])
    return HttpResponse(status=204)
