"""Season passes of a swimming pool: visits are taken off under a version, and entered in a book."""
from __future__ import annotations

import logging

from django.db import models

logger = logging.getLogger(__name__)


class NoVisits(Exception):
    pass


class SeasonPass(models.Model):
    visits_left = models.IntegerField(default=10)
    version = models.IntegerField(default=1)

    class Meta:
        app_label = "pool"


class Visit(models.Model):
    season_pass = models.ForeignKey(SeasonPass, on_delete=models.CASCADE)
    gate = models.CharField(max_length=20)

    class Meta:
        app_label = "pool"


# case: id=py-dj-4900 label=race rule=swallowed-conflict tier=2 note=who has lost is mentioned in the log only, and the visit is entered all the same
def enter(pass_id: int, gate: str) -> Visit:
    season_pass = SeasonPass.objects.get(pk=pass_id)
    if season_pass.visits_left < 1:
        raise NoVisits(pass_id)
    changed = SeasonPass.objects.filter(pk=pass_id, version=season_pass.version).update(  # expect: swallowed-conflict
        visits_left=season_pass.visits_left - 1, version=season_pass.version + 1
    )
    if not changed:
        logger.warning("pass %s was used at another gate", pass_id)
    return Visit.objects.create(season_pass=season_pass, gate=gate)


# case: id=py-dj-4901 label=safe tier=2 note=who has lost is turned away
def enter_or_turn_away(pass_id: int, gate: str) -> Visit:
    season_pass = SeasonPass.objects.get(pk=pass_id)
    if season_pass.visits_left < 1:
        raise NoVisits(pass_id)
    changed = SeasonPass.objects.filter(pk=pass_id, version=season_pass.version).update(
        visits_left=season_pass.visits_left - 1, version=season_pass.version + 1
    )
    if not changed:
        logger.warning("pass %s was used at another gate", pass_id)
        raise NoVisits(pass_id)
    return Visit.objects.create(season_pass=season_pass, gate=gate)


# case: id=py-dj-4902 label=safe tier=2 note=the log is written either way, and the visit is for who has won
def enter_if_won(pass_id: int, gate: str) -> Visit | None:
    season_pass = SeasonPass.objects.get(pk=pass_id)
    if season_pass.visits_left < 1:
        raise NoVisits(pass_id)
    changed = SeasonPass.objects.filter(pk=pass_id, version=season_pass.version).update(
        visits_left=season_pass.visits_left - 1, version=season_pass.version + 1
    )
    if changed != 1:
        logger.warning("pass %s was used at another gate", pass_id)
    if changed:
        return Visit.objects.create(season_pass=season_pass, gate=gate)
    return None
