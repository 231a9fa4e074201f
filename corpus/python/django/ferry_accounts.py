"""A ferry line: crossings are booked and billed; a lock on one row holds what belongs to it, not what it only names."""
from __future__ import annotations

from django.db import models, transaction
from django.utils import timezone


class Skipper(models.Model):
    name = models.CharField(max_length=60)
    owed_cents = models.IntegerField(default=0)
    trips = models.IntegerField(default=0)

    class Meta:
        app_label = "ferry"


class Manifest(models.Model):
    sealed = models.BooleanField(default=False)
    heads = models.IntegerField(default=0)

    class Meta:
        app_label = "ferry"


class CrossingManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("skipper").select_for_update()


class Crossing(models.Model):
    skipper = models.ForeignKey(Skipper, on_delete=models.PROTECT, related_name="crossings")
    manifest = models.OneToOneField(Manifest, on_delete=models.PROTECT, related_name="crossing")
    landed_at = models.DateTimeField(null=True)
    toll_cents = models.IntegerField(default=0)

    objects = models.Manager()
    billing = CrossingManager()

    class Meta:
        app_label = "ferry"


class Ticket(models.Model):
    crossing = models.ForeignKey(Crossing, on_delete=models.CASCADE, related_name="tickets")
    uses_left = models.IntegerField(default=2)

    class Meta:
        app_label = "ferry"


# case: id=py-dj-9401 label=race rule=lost-update tier=2 note=the crossing is locked, its skipper has other crossings
@transaction.atomic
def land(crossing_id: int) -> int:
    crossing = Crossing.objects.select_for_update().get(pk=crossing_id)
    crossing.landed_at = timezone.now()
    crossing.save(update_fields=["landed_at"])
    skipper = crossing.skipper
    skipper.owed_cents = skipper.owed_cents + crossing.toll_cents
    skipper.save(update_fields=["owed_cents"])  # expect: lost-update
    return skipper.owed_cents


# case: id=py-dj-9402 label=race rule=lost-update tier=2 note=looked up by the locked row's column, the other row is not locked
def log_trip(crossing_id: int) -> None:
    with transaction.atomic():
        crossing = Crossing.objects.select_for_update().get(pk=crossing_id)
        skipper = Skipper.objects.get(pk=crossing.skipper_id)
        skipper.trips += 1
        skipper.save(update_fields=["trips"])  # expect: lost-update


# case: id=py-dj-9403 label=race rule=lost-update tier=3 note=the lock of the joined read is limited to the crossing
@transaction.atomic
def waive(crossing_id: int) -> None:
    crossing = Crossing.objects.select_related("skipper").select_for_update(of=("self",)).get(pk=crossing_id)
    crossing.skipper.owed_cents -= crossing.toll_cents
    crossing.skipper.save(update_fields=["owed_cents"])  # expect: lost-update


# case: id=py-dj-9404 label=safe tier=2 note=the joined read locks both rows
@transaction.atomic
def settle(crossing_id: int) -> None:
    crossing = Crossing.objects.select_for_update().select_related("skipper").get(pk=crossing_id)
    crossing.skipper.owed_cents -= crossing.toll_cents
    crossing.skipper.save(update_fields=["owed_cents"])


# case: id=py-dj-9405 label=safe tier=2 note=the lock names the joined row
@transaction.atomic
def settle_named(crossing_id: int) -> None:
    rows = Crossing.objects.select_related("skipper", "manifest").select_for_update(of=["self", "skipper"])
    crossing = rows.get(pk=crossing_id)
    crossing.skipper.owed_cents -= crossing.toll_cents
    crossing.skipper.save(update_fields=["owed_cents"])


# case: id=py-dj-9406 label=safe tier=3 note=what the manager's rows are read with is locked with them
@transaction.atomic
def settle_all(skipper_id: int) -> None:
    for crossing in Crossing.billing.filter(skipper_id=skipper_id):
        crossing.skipper.owed_cents -= crossing.toll_cents
        crossing.skipper.save(update_fields=["owed_cents"])


# case: id=py-dj-9407 label=safe tier=2 note=a manifest has one crossing: who holds the crossing holds it
@transaction.atomic
def board(crossing_id: int) -> None:
    crossing = Crossing.objects.select_for_update().get(pk=crossing_id)
    manifest = crossing.manifest
    manifest.heads += 1
    manifest.save(update_fields=["heads"])


# case: id=py-dj-9408 label=safe tier=2 note=tickets belong to the crossing that is locked
@transaction.atomic
def punch(crossing_id: int, ticket_id: int) -> None:
    crossing = Crossing.objects.select_for_update().get(pk=crossing_id)
    ticket = crossing.tickets.get(pk=ticket_id)
    ticket.uses_left -= 1
    ticket.save(update_fields=["uses_left"])


# case: id=py-dj-9409 label=safe tier=2 note=the skipper is locked by a read of its own
@transaction.atomic
def land_alone(crossing_id: int) -> None:
    crossing = Crossing.objects.select_for_update().get(pk=crossing_id)
    skipper = Skipper.objects.select_for_update().get(pk=crossing.skipper_id)
    skipper.owed_cents += crossing.toll_cents
    skipper.save(update_fields=["owed_cents"])
