"""Racks that tools are taken from: the rack is chosen in one place and drawn on in another."""
import parcels
from django.db import models, transaction
from django.db.models import F
from django.http import HttpResponse


class Spanner(models.Model):
    name = models.CharField(max_length=80, unique=True)

    def choose_rack(self, wanted=1):
        found = filter(lambda rack: rack.free >= wanted, self.racks.all())
        found = sorted(found, key=lambda rack: rack.distance)
        if found:
            return found[0]

    def choose_held_rack(self, wanted=1):
        for rack in self.racks.select_for_update().order_by("pk"):
            if rack.free >= wanted:
                return rack
        return None

    def describe(self):
        return "%s (%s)" % (self.name, self.pk)


class Ladder(Spanner):
    def describe(self):
        self.name = self.name.upper()
        return super().describe()


class RackManager(models.Manager):
    def reserve(self, rack, wanted):
        rack.reserved = F("reserved") + wanted
        rack.save(update_fields=["reserved"])  # expect: check-then-act

    def reserve_held(self, rack, wanted):
        rack.reserved = F("reserved") + wanted
        rack.save(update_fields=["reserved"])

    def reserve_room(self, rack, wanted):
        room = F("capacity") - wanted
        return self.filter(pk=rack.pk, reserved__lte=room).update(reserved=F("reserved") + wanted)


class Rack(models.Model):
    spanner = models.ForeignKey(Spanner, related_name="racks", on_delete=models.CASCADE)
    capacity = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    distance = models.IntegerField(default=0)

    objects = RackManager()

    @property
    def free(self):
        return max(self.capacity - self.reserved, 0)


class Wish(models.Model):
    spanner = models.ForeignKey(Spanner, on_delete=models.CASCADE)
    pieces = models.IntegerField(default=1)
    basket = models.IntegerField()


# case: id=py-dj-9601 label=race rule=check-then-act tier=2 note=the rack is chosen by what is free and drawn on relatively; the spanner is known by its name, its wish comes from a library
def pack(request, pk):
    for group in parcels.group(Wish.objects.filter(basket=pk), by="weight"):
        for wish_line in group:
            spanner = wish_line.spanner
            rack = spanner.choose_rack(wish_line.pieces)
            if rack:
                Rack.objects.reserve(rack, wish_line.pieces)
    return HttpResponse()


# case: id=py-dj-9602 label=safe tier=2 note=the racks are locked by the read that chooses
def pack_held(request, pk):
    with transaction.atomic():
        for group in parcels.group(Wish.objects.filter(basket=pk), by="weight"):
            for wish_line in group:
                spanner = wish_line.spanner
                rack = spanner.choose_held_rack(wish_line.pieces)
                if rack:
                    Rack.objects.reserve_held(rack, wish_line.pieces)
    return HttpResponse()


# case: id=py-dj-9603 label=safe tier=2 note=the limit stands in the statement that draws
def pack_with_room(request, pk):
    for group in parcels.group(Wish.objects.filter(basket=pk), by="weight"):
        for wish_line in group:
            spanner = wish_line.spanner
            rack = spanner.choose_rack(wish_line.pieces)
            if rack and not Rack.objects.reserve_room(rack, wish_line.pieces):
                raise ValueError("taken in the meantime")
    return HttpResponse()


# case: id=py-dj-9604 label=safe tier=2 note=a derived model has another method of that name, and which one it is nobody knows
def label(request, pk):
    for group in parcels.group(Wish.objects.filter(basket=pk), by="weight"):
        for wish_line in group:
            spanner = wish_line.spanner
            spanner.describe()
            spanner.save()
    return HttpResponse()
