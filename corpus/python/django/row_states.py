"""Observatory: instruments, their channels and readings; what is stored already, and what is new."""
from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST


class Site(models.Model):
    name = models.CharField(max_length=40, unique=True)

    class Meta:
        app_label = "observatory"


def current_site() -> int:
    return Site.objects.get(name="default").pk


class Port(models.Model):
    instrument = models.ForeignKey("Instrument", on_delete=models.CASCADE)
    label = models.CharField(max_length=20)

    class Meta:
        app_label = "observatory"


class Probe(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=20)
    readings = models.IntegerField(default=0)

    class Meta:
        app_label = "observatory"


def log_readings(request: HttpRequest, pk: str) -> JsonResponse:
    changed = Probe.objects.filter(pk=pk).update(readings=models.F("readings") + 1)
    return JsonResponse({"changed": changed})


class Instrument(models.Model):
    label = models.CharField(max_length=40)
    rack = models.IntegerField(null=True)
    slots = models.IntegerField(default=0)
    next_run = models.IntegerField(default=1)

    class Meta:
        app_label = "observatory"

    # case: only a new row gets its ports
    def save(self, *args: Any, **kwargs: Any) -> None:
        is_new = not bool(self.pk)
        super().save(*args, **kwargs)
        if is_new:
            self.add_ports()

    def add_ports(self) -> None:
        for n in range(self.slots):
            Port.objects.create(instrument=self, label=f"p{n}")


# case: rows of a query are stored: their save adds no ports, whatever was looked for before
def clear_rack(rack: int) -> None:
    if Port.objects.filter(label="uplink").exists():
        raise ValueError("still wired")
    for instrument in Instrument.objects.filter(rack=rack):
        instrument.rack = None
        instrument.save(update_fields=["rack"])


class Channel(models.Model):
    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    gain = models.IntegerField(default=1)
    samples = models.IntegerField(default=0)
    expected = models.IntegerField(default=0)
    tags = models.JSONField(default=list)
    calibration = models.TextField()
    code = models.CharField(max_length=12, null=True)

    class Meta:
        app_label = "observatory"

    # case: a row that is new where its first run is written
    def first_run(self) -> None:
        if self._state.adding:
            self.samples = self.samples + 1
            self.save()


# case: what was loaded is not new; the way that counts writes what was worked out from what others change
def store_channel(channel: Channel, spec: dict) -> None:
    channel.gain = spec["gain"]
    channel.expected = channel.samples * channel.gain
    if channel._state.adding:
        channel.save()
    else:
        channel.save(update_fields=["gain", "expected"])  # expect: lost-update


@require_POST
def change_channel(request: HttpRequest, pk: int) -> JsonResponse:
    channel = get_object_or_404(Channel, pk=pk)
    store_channel(channel, {"gain": int(request.POST["gain"])})
    return JsonResponse({"id": channel.pk})


@require_POST
def sample(request: HttpRequest, pk: int) -> JsonResponse:
    changed = Channel.objects.filter(pk=pk).update(samples=models.F("samples") + 1)
    return JsonResponse({"changed": changed})


# case: found or made: the one that was made is nobody else's
@require_POST
def tag_channel(request: HttpRequest, pk: int) -> JsonResponse:
    channel = Channel.objects.filter(pk=pk).first()
    if channel is None:
        channel = Channel(name=request.POST["name"])
    channel.tags = [*channel.tags, request.POST["tag"]]
    if channel._state.adding:
        channel.save()
    else:
        channel.save(update_fields=["tags"])  # expect: lost-update
    return JsonResponse({"id": channel.pk})


# case: without its key it is another row
def clone_channel(pk: int, names: list[str]) -> None:
    channel = Channel.objects.get(pk=pk)
    for name in names:
        if channel.name != name:
            channel.pk = None
            channel.name = name
            channel.save()


# case: without the key that it had it is another row as well where rows draw their keys themselves
def clone_probe(pk: str, label: str) -> Probe:
    probe = Probe.objects.get(pk=pk)
    probe.pk = None
    probe.label = label
    probe.save()
    return probe


# case: with its key it is the same row
def rename_probe(pk: str, label: str) -> Probe:
    probe = Probe.objects.get(pk=pk)
    probe.label = label
    probe.save()  # expect: stale-overwrite
    return probe


# case: a column that may not be NULL holds something in every row that was read
def fill_calibration() -> None:
    for channel in Channel.objects.filter(gain=1):
        if channel.calibration is None:
            channel.calibration = "unknown"
            channel.save()


# case: one that may be NULL
def fill_code(prefix: str) -> None:
    for channel in Channel.objects.filter(gain=2):
        if channel.code is None:
            channel.code = f"{prefix}{channel.pk}"
            channel.save(update_fields=["code"])  # expect: check-then-act


class Summary(models.Model):
    channel = models.OneToOneField(Channel, on_delete=models.CASCADE)
    baseline = models.IntegerField(null=True)
    total = models.IntegerField(default=0)

    class Meta:
        app_label = "observatory"


# case: defaults of what is missing overwrite nothing
def ensure_summary(channel_id: int) -> Summary:
    known = Summary.objects.filter(channel_id=channel_id).first()
    baseline = known.baseline if known is not None else None
    summary, _ = Summary.objects.get_or_create(channel_id=channel_id, defaults={"baseline": baseline})
    return summary


# case: those of an update do
def bump_summary(channel_id: int) -> None:
    known = Summary.objects.get(channel_id=channel_id)
    Summary.objects.update_or_create(  # expect: lost-update
        channel_id=channel_id, defaults={"total": known.total + 1}
    )


class Reading(models.Model):
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    value = models.FloatField(default=0)
    checksum = models.CharField(max_length=40, blank=True)
    owner_id = models.IntegerField(null=True)

    class Meta:
        app_label = "observatory"

    # case: where the names are told, nothing else is written
    def save(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("update_fields", []) == ["owner_id"]:
            super().save(*args, **kwargs)
            return
        self.checksum = f"{self.value:.6f}"
        super().save(*args, **kwargs)


def hand_over(channel: int, new: int, rescale: bool) -> None:
    for reading in Reading.objects.filter(channel_id=channel):
        fields = ["owner_id"]
        if rescale:
            reading.value = reading.value * 2
        reading.owner_id = new
        reading.save(update_fields=fields)


class Plan(models.Model):
    title = models.CharField(max_length=40)
    night = models.DateField(default=timezone.now)
    site = models.ForeignKey(Site, default=current_site, on_delete=models.CASCADE)

    class Meta:
        app_label = "observatory"
        unique_together = ("title", "site")


# case: the other column of the constraint is left to its default in both rows
def ensure_plan(title: str) -> Plan:
    plan, _ = Plan.objects.get_or_create(title=title)
    return plan


class Shift(models.Model):
    title = models.CharField(max_length=40)
    night = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "observatory"
        unique_together = ("title", "night")


# case: a default that is another one each time
def ensure_shift(title: str) -> Shift:
    shift, _ = Shift.objects.get_or_create(title=title)  # expect: check-then-create
    return shift


# case: what was found and is unique is not created a second time
def default_site() -> Site:
    try:
        site = Site.objects.get(name="default")
    except Site.DoesNotExist:
        site = Site(name="default")
        site.save()
    return site


def rename_for(label: str) -> str:
    if default_site().name != label:
        return default_site().name
    return label
