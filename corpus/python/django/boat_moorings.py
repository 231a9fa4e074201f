"""A marina: stays must not overlap for one owner; they are looked for through the boat that the new stay gets."""
from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models, transaction
from rest_framework import mixins, serializers, viewsets


class Boat(models.Model):
    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    registration = models.CharField(max_length=20, unique=True)

    class Meta:
        app_label = "marina"


class Stay(models.Model):
    boat = models.ForeignKey(Boat, on_delete=models.CASCADE, related_name="stays")
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, default="asked")

    class Meta:
        app_label = "marina"


class Clash(Exception):
    pass


# case: id=py-dj-9431 label=race rule=check-then-create tier=2 note=looked for by the owner, created for the boat that was found by that owner
def ask_for(owner_id: int, since: date, until: date) -> Stay:
    boat = Boat.objects.get(owner_id=owner_id)
    if Stay.objects.filter(boat__owner_id=owner_id, since__lte=until, until__gte=since).exists():
        raise Clash(owner_id)
    return Stay.objects.create(boat=boat, since=since, until=until)  # expect: check-then-create


# case: id=py-dj-9432 label=race rule=check-then-create tier=2 note=looked for by what the boat says of itself
def ask_by_mark(boat_id: int, since: date, until: date) -> Stay:
    boat = Boat.objects.get(pk=boat_id)
    same = Stay.objects.filter(boat__registration=boat.registration, since__lte=until, until__gte=since)
    if same.exists():
        raise Clash(boat_id)
    return Stay.objects.create(boat=boat, since=since, until=until)  # expect: check-then-create


# case: id=py-dj-9433 label=safe tier=2 note=the boat is locked before its owner's stays are looked for
def ask_alone(owner_id: int, since: date, until: date) -> Stay:
    with transaction.atomic():
        boat = Boat.objects.select_for_update().get(owner_id=owner_id)
        if Stay.objects.filter(boat__owner_id=owner_id, since__lte=until, until__gte=since).exists():
            raise Clash(owner_id)
        return Stay.objects.create(boat=boat, since=since, until=until)


# case: id=py-dj-9434 label=safe tier=2 note=another owner's stays say nothing of this boat's
def ask_beside(owner_id: int, guest_id: int, since: date, until: date) -> Stay:
    boat = Boat.objects.get(owner_id=owner_id)
    if not Stay.objects.filter(boat__owner_id=guest_id, until__gte=since).exists():
        raise Clash(guest_id)
    return Stay.objects.create(boat=boat, since=since, until=until)


class StaySerializer(serializers.ModelSerializer):
    class Meta:
        model = Stay
        fields = ["id", "since", "until"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        clash = Stay.objects.filter(
            boat__owner=self.context["request"].user,
            since__lte=attrs["until"],
            until__gte=attrs["since"],
        ).exclude(state="refused")
        if clash.exists():
            raise serializers.ValidationError("There is another stay.")
        return attrs


class StayViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Stay.objects.all()
    serializer_class = StaySerializer

    # case: id=py-dj-9435 label=race rule=check-then-create tier=3 note=the serializer looks for the user's stays, the boat of that user gets one more
    def perform_create(self, serializer: StaySerializer) -> None:
        boat = Boat.objects.get(owner=self.request.user)
        with transaction.atomic():
            serializer.save(boat=boat)  # expect: check-then-create


# case: id=py-dj-9436 label=safe tier=3 note=the stays that were asked about leave out the one that is changed under its lock
def confirm_first(boat_id: int) -> None:
    others = Stay.objects.filter(boat_id=boat_id).exclude(state="asked")
    if any(s.state == "refused" for s in others):
        return
    with transaction.atomic():
        stay = Stay.objects.select_for_update().get(boat_id=boat_id, state="asked")
        if stay.state != "asked":
            return
        stay.until = stay.since
        stay.save(update_fields=["until"])
