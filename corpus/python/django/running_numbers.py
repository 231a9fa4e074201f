"""A notary's register: deeds are numbered in each volume from the newest one that is there."""
from __future__ import annotations

from django.db import IntegrityError, models, transaction


class Volume(models.Model):
    year = models.PositiveIntegerField(unique=True)

    class Meta:
        app_label = "register"


class Deed(models.Model):
    volume = models.ForeignKey(Volume, related_name="deeds", on_delete=models.PROTECT)
    number = models.PositiveIntegerField(db_index=True)
    sealed_by = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "register"


class Protocol(models.Model):
    volume = models.ForeignKey(Volume, related_name="protocols", on_delete=models.PROTECT)
    number = models.PositiveIntegerField()

    class Meta:
        app_label = "register"
        constraints = [
            models.UniqueConstraint(fields=["volume", "number"], name="one_protocol_of_a_number"),
        ]


# case: id=py-dj-7601 label=race rule=check-then-create tier=2 note=the newest row's number plus one, in a transaction that locks nothing
@transaction.atomic
def draw_up(year: int) -> Deed:
    volume = Volume.objects.get(year=year)
    newest = volume.deeds.order_by("-number").first()
    if newest is None:
        number = 1
    else:
        number = newest.number + 1
    deed = Deed(volume=volume, number=number)
    deed.save()  # expect: check-then-create
    return deed


# case: id=py-dj-7602 label=race rule=check-then-create tier=1 note=the last row of a query by its place in it
def copy_out(volume: Volume, clerk: str) -> Deed:
    last = Deed.objects.filter(volume=volume).order_by("-number")[0]
    return Deed.objects.create(volume=last.volume, number=last.number + 1, sealed_by=clerk)  # expect: check-then-create


# case: id=py-dj-7603 label=safe tier=2 note=the volume is locked before the newest number is read
def draw_up_alone(year: int) -> Deed:
    with transaction.atomic():
        volume = Volume.objects.select_for_update().get(year=year)
        newest = volume.deeds.order_by("-number").first()
        number = newest.number + 1 if newest else 1
        return Deed.objects.create(volume=volume, number=number)


# case: id=py-dj-7604 label=safe tier=2 note=a taken number is refused, and the next one is drawn
def record(volume: Volume) -> Protocol:
    while True:
        newest = volume.protocols.order_by("-number").first()
        number = newest.number + 1 if newest else 1
        try:
            return Protocol.objects.create(volume=volume, number=number)
        except IntegrityError:
            continue


# case: id=py-dj-7605 label=safe tier=1 note=the new row has what the newest has, and no number of its own
def reissue(volume: Volume, number: int) -> Deed:
    newest = Deed.objects.filter(volume=volume).latest("number")
    return Deed.objects.create(volume=volume, number=number, sealed_by=newest.sealed_by)
