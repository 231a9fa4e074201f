"""A harbour office: tickets for cranes, of which the view finds and locks only what the running handler is about to write."""
from __future__ import annotations

from typing import Any, Optional

from django.db import models, transaction
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response


class CraneTicket(models.Model):
    number = models.CharField(max_length=12, unique=True)
    stage = models.CharField(max_length=10, default="queued")
    lifts = models.IntegerField(default=0)
    tonnes = models.IntegerField(default=0)

    class Meta:
        app_label = "harbour"


class StageSerializer(serializers.ModelSerializer):
    class Meta:
        model = CraneTicket
        fields = ["stage"]

    def validate_stage(self, value: str) -> str:
        if self.instance.stage == "closed":
            raise serializers.ValidationError("closed tickets stay closed")
        return value

    # case: id=py-dj-9981 label=race rule=check-then-act tier=3 note=changed by PUT and PATCH, for which nothing is locked: the lock is for another handler
    def update(self, instance: CraneTicket, validated_data: dict[str, Any]) -> CraneTicket:
        instance.stage = validated_data["stage"]
        instance.save(update_fields=["stage"])  # expect: check-then-act
        return instance


class QueueViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    queryset = CraneTicket.objects.all()
    serializer_class = StageSerializer

    def get_queryset(self) -> models.QuerySet[CraneTicket]:
        tickets = super().get_queryset()
        if self.action in ("count_lift", "weigh"):
            return tickets.select_for_update()
        return tickets

    # case: id=py-dj-9982 label=safe tier=3 note=locked for this action, in its transaction
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def count_lift(self, request: Request, pk: Optional[str] = None) -> Response:
        ticket = self.get_object()
        ticket.lifts += 1
        ticket.save(update_fields=["lifts"])
        return Response({"lifts": ticket.lifts})

    # case: id=py-dj-9983 label=race rule=lock-outside-transaction tier=3 note=locked for this action, which has no transaction
    @action(detail=True, methods=["post"])
    def weigh(self, request: Request, pk: Optional[str] = None) -> Response:
        ticket = self.get_object()
        ticket.tonnes += int(request.data["tonnes"])
        ticket.save(update_fields=["tonnes"])  # expect: lock-outside-transaction
        return Response({"tonnes": ticket.tonnes})

    # case: id=py-dj-9984 label=race rule=check-then-act tier=3 note=not among the actions for which rows are locked
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def close(self, request: Request, pk: Optional[str] = None) -> Response:
        ticket = self.get_object()
        if ticket.stage != "queued":
            raise ValidationError("not queued")
        ticket.stage = "closed"
        ticket.save(update_fields=["stage"])  # expect: check-then-act
        return Response({"stage": ticket.stage})


class Lane(models.Model):
    name = models.CharField(max_length=20)
    trucks = models.IntegerField(default=0)
    calls = models.IntegerField(default=0)

    class Meta:
        app_label = "harbour"


class TruckSerializer(serializers.ModelSerializer):
    class Meta:
        model = Lane
        fields = ["name"]

    # case: id=py-dj-9985 label=safe tier=3 note=a router runs it as update or as partial_update, and rows are locked for both
    def update(self, instance: Lane, validated_data: dict[str, Any]) -> Lane:
        instance.trucks = instance.trucks + 1
        instance.save(update_fields=["trucks"])
        return instance


class LaneViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    serializer_class = TruckSerializer

    def get_queryset(self) -> models.QuerySet[Lane]:
        lanes = Lane.objects.all()
        if self.action == "update" or self.action == "partial_update":
            lanes = lanes.select_for_update()
        return lanes

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().update(request, *args, **kwargs)


class CallSerializer(serializers.ModelSerializer):
    class Meta:
        model = Lane
        fields = ["name"]

    # case: id=py-dj-9986 label=race rule=lost-update tier=3 note=rows are locked for PUT, not for PATCH, which ends here as well
    def update(self, instance: Lane, validated_data: dict[str, Any]) -> Lane:
        instance.calls = instance.calls + 1
        instance.save(update_fields=["calls"])  # expect: lost-update
        return instance


class CallViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    serializer_class = CallSerializer

    def get_queryset(self) -> models.QuerySet[Lane]:
        lanes = Lane.objects.all()
        if self.action == "update":
            lanes = lanes.select_for_update()
        return lanes

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().update(request, *args, **kwargs)


class Berth(models.Model):
    code = models.CharField(max_length=8, unique=True)
    state = models.CharField(max_length=10, default="free")
    visits = models.IntegerField(default=0)
    fenders = models.IntegerField(default=0)

    class Meta:
        app_label = "harbour"


class BerthSerializer(serializers.ModelSerializer):
    class Meta:
        model = Berth
        fields = ["code"]


class BlockSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=60)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance.state != "free":
            raise serializers.ValidationError("somebody lies there")
        return attrs

    # case: id=py-dj-9987 label=race rule=check-then-act tier=3 note=the serializer that the action is given, in the place of the view's
    def update(self, instance: Berth, validated_data: dict[str, Any]) -> Berth:
        instance.state = "blocked"
        instance.save(update_fields=["state"])  # expect: check-then-act
        return instance


class FreeSerializer(serializers.Serializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance.state != "blocked":
            raise serializers.ValidationError("not blocked")
        return attrs

    # case: id=py-dj-9988 label=safe tier=3 note=the rows that the action is given are locked, in its transaction
    def update(self, instance: Berth, validated_data: dict[str, Any]) -> Berth:
        instance.state = "free"
        instance.save(update_fields=["state"])
        return instance


class BerthViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Berth.objects.all()
    serializer_class = BerthSerializer

    @action(detail=True, methods=["post"], serializer_class=BlockSerializer)
    def block(self, request: Request, pk: Optional[str] = None) -> Response:
        serializer = self.get_serializer(self.get_object(), data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"state": serializer.save().state})

    @action(
        detail=True,
        methods=["post"],
        url_path="free",
        serializer_class=FreeSerializer,
        queryset=Berth.objects.select_for_update(),
    )
    @transaction.atomic
    def set_free(self, request: Request, pk: Optional[str] = None) -> Response:
        serializer = self.get_serializer(self.get_object(), data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"state": serializer.save().state})

    # case: id=py-dj-9989 label=safe tier=2 note=the rows that the action is given are locked
    @action(detail=True, methods=["post"], queryset=Berth.objects.select_for_update())
    @transaction.atomic
    def arrive(self, request: Request, pk: Optional[str] = None) -> Response:
        berth = self.get_object()
        berth.visits += 1
        berth.save(update_fields=["visits"])
        return Response({"visits": berth.visits})

    # case: id=py-dj-9990 label=race rule=lost-update tier=2 note=the view's own rows, which nobody locks
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def hang_fender(self, request: Request, pk: Optional[str] = None) -> Response:
        berth = self.get_object()
        berth.fenders += 1
        berth.save(update_fields=["fenders"])  # expect: lost-update
        return Response({"fenders": berth.fenders})
