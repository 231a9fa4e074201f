"""Vehicles of a fleet: tests that only save a write, and tests that decide."""
from __future__ import annotations

import logging
from datetime import timedelta

from django.core.mail import send_mail
from django.db import models
from django.db.models import F
from django.utils import timezone
from django_pglocks import advisory_lock
from rest_framework import serializers

logger = logging.getLogger(__name__)


class Depot(models.Model):
    code = models.CharField(max_length=12, unique=True)
    slow_reporting = models.BooleanField(default=False)

    class Meta:
        app_label = "fleet"


class Vehicle(models.Model):
    plate = models.CharField(max_length=12, unique=True)
    depot = models.ForeignKey(Depot, on_delete=models.CASCADE, related_name="vehicles")
    telemetry_on = models.BooleanField(default=False)
    retired = models.BooleanField(default=False)
    greeted = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=20, default="")
    firmware = models.CharField(max_length=20, default="")
    channel = models.CharField(max_length=20, default="stable")
    phase = models.CharField(max_length=12, default="new")
    beacon_key = models.CharField(max_length=40, default="")
    label = models.CharField(max_length=40, null=True)
    pending = models.IntegerField(default=0)
    tariff = models.ForeignKey("Tariff", null=True, on_delete=models.SET_NULL)

    class Meta:
        app_label = "fleet"


class Tariff(models.Model):
    name = models.CharField(max_length=40, unique=True)

    class Meta:
        app_label = "fleet"


class Inspection(models.Model):
    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "fleet"


class Journey(models.Model):
    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE)
    state = models.CharField(max_length=12, default="planned")
    route = models.CharField(max_length=40, default="")
    miles = models.IntegerField(default=0)

    class Meta:
        app_label = "fleet"


# case: id=py-dj-2400 label=safe tier=1 note=the flag is only raised where it is down, nothing hangs on it
def enable_telemetry(plate: str) -> None:
    vehicle = Vehicle.objects.get(plate=plate)
    logger.info("telemetry for %s", plate)
    if not vehicle.telemetry_on:
        vehicle.telemetry_on = True
        vehicle.save(update_fields=["telemetry_on"])
    Depot.objects.filter(vehicles=vehicle).update(slow_reporting=True)


def disable_telemetry(plate: str) -> None:
    Vehicle.objects.filter(plate=plate).update(telemetry_on=False)


# case: id=py-dj-2401 label=race rule=check-then-act tier=1 note=whoever raises the flag sends the greeting
def greet(plate: str) -> None:
    vehicle = Vehicle.objects.get(plate=plate)
    if not vehicle.greeted:
        send_mail("Welcome", f"{plate} is registered", None, ["drivers@example.org"])
        vehicle.greeted = True
        vehicle.save(update_fields=["greeted"])  # expect: check-then-act


# case: id=py-dj-2402 label=race rule=check-then-act tier=2 note=the flag raised, an inspection is opened by whoever raised it
def retire(plate: str) -> None:
    vehicle = Vehicle.objects.get(plate=plate)
    if vehicle.retired:
        return
    vehicle.retired = True
    vehicle.save(update_fields=["retired"])  # expect: check-then-act
    Inspection.objects.create(vehicle=vehicle)


# case: id=py-dj-2403 label=race rule=check-then-act tier=2 note=the answer tells who was first
def claim_beacon(plate: str) -> bool:
    vehicle = Vehicle.objects.get(plate=plate)
    if not vehicle.retired:
        vehicle.retired = True
        vehicle.save(update_fields=["retired"])  # expect: check-then-act
        return True
    return False


# case: id=py-dj-2404 label=safe tier=2 note=written at most once a minute, whoever writes it
def touch(plate: str) -> Vehicle:
    vehicle = Vehicle.objects.get(plate=plate)
    if not vehicle.seen_at or (timezone.now() - vehicle.seen_at) > timedelta(minutes=1):
        Vehicle.objects.filter(pk=vehicle.pk).update(seen_at=timezone.now())
    return vehicle


# case: id=py-dj-2405 label=safe tier=2 note=written only where it differs, from what was given
def set_channel(plate: str, channel: str, firmware: str) -> None:
    vehicle = Vehicle.objects.get(plate=plate)
    changed = []
    if vehicle.channel != channel:
        vehicle.channel = channel
        changed.append("channel")
    if firmware and vehicle.firmware != firmware:
        vehicle.firmware = firmware
        changed.append("firmware")
    if changed:
        vehicle.save(update_fields=["channel", "firmware"])


# case: id=py-dj-2406 label=safe tier=2 note=a constant filled in where it is missing, nobody writes another
def mark_imported(plate: str) -> None:
    vehicle = Vehicle.objects.get(plate=plate)
    if "import" not in vehicle.origin:
        Vehicle.objects.filter(pk=vehicle.pk).update(origin="import")


# case: id=py-dj-2407 label=race rule=check-then-act tier=2 note=one of several states, another may have been set in between
def start_service(plate: str) -> None:
    vehicle = Vehicle.objects.get(plate=plate)
    if vehicle.phase == "new":
        Vehicle.objects.filter(pk=vehicle.pk).update(phase="in-service")  # expect: check-then-act


def scrap(plate: str) -> None:
    Vehicle.objects.filter(plate=plate).update(phase="scrapped")


# case: id=py-dj-2408 label=safe tier=2 note=rows that still have one lose it, whoever does it
def drop_tariff(name: str) -> None:
    changed = []
    for vehicle in Vehicle.objects.filter(tariff__isnull=False, depot__code=name):
        vehicle.tariff = None
        changed.append(vehicle)
    Vehicle.objects.bulk_update(changed, fields=["tariff"])
    Depot.objects.filter(code=name).update(slow_reporting=False)


# case: id=py-dj-2409 label=safe tier=2 note=filled in from columns of the row itself
def fill_labels() -> None:
    for vehicle in Vehicle.objects.filter(label__isnull=True):
        Vehicle.objects.filter(pk=vehicle.pk).update(label=f"{vehicle.plate} ({vehicle.depot_id})")


# case: id=py-dj-2410 label=race rule=check-then-act tier=2 note=filled in with what each run is given
def adopt_key(plate: str, key: str) -> None:
    vehicle = Vehicle.objects.get(plate=plate)
    if not vehicle.beacon_key:
        Vehicle.objects.filter(pk=vehicle.pk).update(beacon_key=key)  # expect: check-then-act


# case: id=py-dj-2411 label=race rule=check-then-act tier=2 note=put back to zero while others count up
def settle(plate: str) -> None:
    vehicle = Vehicle.objects.get(plate=plate)
    if vehicle.pending != 0:
        Vehicle.objects.filter(pk=vehicle.pk).update(pending=0)  # expect: check-then-act


def enqueue(plate: str) -> None:
    Vehicle.objects.filter(plate=plate).update(pending=F("pending") + 1)


# case: id=py-dj-2412 label=safe tier=3 note=the failure of the look is taken by the handler, what follows happens anyway
def requeue(pk: int) -> None:
    journey = Journey.objects.get(pk=pk)
    try:
        if journey.state == "driving":
            raise RuntimeError("under way")
        logger.info("journey %s", pk)
    except Exception as error:
        logger.warning("not now: %s", error)
    Journey.objects.filter(pk=pk).update(state="queued")


def drive(pk: int) -> None:
    Journey.objects.filter(pk=pk).update(state="driving")


class JourneySerializer(serializers.ModelSerializer):
    class Meta:
        model = Journey
        fields = ["state"]

    # case: id=py-dj-2413 label=race rule=check-then-act tier=3 note=the row that the framework hands in
    def update(self, instance, validated_data):
        if instance.state == "planned":
            instance.state = "cancelled"
            instance.save(update_fields=["state"])  # expect: check-then-act
        return instance


class VehicleSerializer(serializers.ModelSerializer):
    class Meta:
        model = Vehicle
        fields = ["channel", "firmware"]

    # case: id=py-dj-2418 label=race rule=stale-overwrite tier=3 note=what is not given is left as it was, the whole row goes back
    def update(self, instance, validated_data):
        instance.channel = validated_data.get("channel", instance.channel)
        instance.firmware = validated_data.get("firmware", instance.firmware)
        instance.save()  # expect: stale-overwrite
        return instance


# case: id=py-dj-2414 label=safe tier=2 note=without its key the row is a new one
def duplicate(pk: int, states: list[str]) -> None:
    journey = Journey.objects.get(pk=pk)
    if journey.state == "planned":
        for state in states:
            journey.pk = None
            journey.state = state
            journey.save()


# case: id=py-dj-2415 label=race rule=stale-overwrite tier=3 note=left as it was or set from outside, the whole row goes back
def reassign(pk: int, tariff: Tariff, phase: str) -> None:
    vehicle = Vehicle.objects.get(pk=pk)
    if vehicle.tariff != tariff:
        vehicle.tariff = tariff
    vehicle.phase = phase
    vehicle.save()  # expect: stale-overwrite


# case: id=py-dj-2416 label=race rule=lost-update tier=3 note=the lock is one on the depot, not on the journey
def add_miles(pk: int, depot_code: str, miles: int) -> None:
    journey = Journey.objects.get(pk=pk)
    with advisory_lock(f"depot:{depot_code}"):
        Journey.objects.filter(pk=pk).update(miles=journey.miles + miles)  # expect: lost-update


# case: id=py-dj-2417 label=safe tier=3 note=what is taken over is never changed, what changes is looked at under the lock
def plan_next(journey: Journey) -> None:
    with advisory_lock("journeys"):
        waiting = Journey.objects.filter(vehicle=journey.vehicle, state="planned").exists()
        if journey.route and not waiting:
            Journey(vehicle=journey.vehicle, route=journey.route, state="planned").save()
