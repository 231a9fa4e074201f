"""Guests of a workshop: tests that leave early, deep inside another test, decide what follows all the same."""
from __future__ import annotations

from django.db import models, transaction
from django.db.models import F


class Member(models.Model):
    # A flag of that name is no member.
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "workshops"


class Workshop(models.Model):
    places = models.IntegerField(default=12)
    taken = models.IntegerField(default=0)
    public = models.BooleanField(default=True)

    class Meta:
        app_label = "workshops"


# case: id=py-dj-4811 label=race rule=check-then-act tier=2 note=the limit is tested for public workshops alone
def join(workshop_id: int, member: bool) -> bool:
    workshop = Workshop.objects.get(pk=workshop_id)
    if not member:
        if workshop.taken >= workshop.places:
            return False
    Workshop.objects.filter(pk=workshop_id).update(taken=F("taken") + 1)  # expect: check-then-act
    return True


# case: id=py-dj-4812 label=safe tier=2 note=the same under the row's lock
@transaction.atomic
def join_locked(workshop_id: int, member: bool) -> bool:
    workshop = Workshop.objects.select_for_update().get(pk=workshop_id)
    if not member:
        if workshop.taken >= workshop.places:
            return False
    Workshop.objects.filter(pk=workshop_id).update(taken=F("taken") + 1)
    return True


# case: id=py-dj-4813 label=safe tier=2 note=what leaves early tests what was asked for, not the row
def cancel(workshop_id: int, confirm: bool, answer: str) -> int:
    workshop = Workshop.objects.get(pk=workshop_id)
    if workshop.public:
        if not confirm and answer != "yes":
            return 0
    return Workshop.objects.filter(pk=workshop_id, taken__gt=0).update(taken=F("taken") - 1)
