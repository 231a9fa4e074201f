"""Equipment rental API: viewsets and serializers of Django REST framework."""
from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

logger = logging.getLogger(__name__)


class Equipment(models.Model):
    name = models.CharField(max_length=80)
    units_free = models.IntegerField(default=0)

    class Meta:
        app_label = "rental"


class Rental(models.Model):
    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="rentals")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    units = models.IntegerField(default=1)
    state = models.CharField(max_length=12, default="open")
    extensions = models.IntegerField(default=0)
    remark = models.CharField(max_length=200, blank=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "rental"


class Review(models.Model):
    equipment = models.ForeignKey(Equipment, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    text = models.TextField()

    class Meta:
        app_label = "rental"


class Favourite(models.Model):
    equipment = models.ForeignKey(Equipment, on_delete=models.CASCADE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        app_label = "rental"
        constraints = [models.UniqueConstraint(fields=["equipment", "owner"], name="one_favourite")]


class RentalSerializer(serializers.ModelSerializer):
    class Meta:
        model = Rental
        fields = ["id", "equipment", "units", "state"]
        read_only_fields = ["state"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["equipment"].units_free < attrs["units"]:
            raise serializers.ValidationError({"units": "not that many are free"})
        return attrs

    # case: id=py-dj-2060 label=race rule=check-then-act|unconditional-update tier=3 note=units tested in validate, the decrement here has no floor
    def create(self, validated_data: dict[str, Any]) -> Rental:
        rental = Rental.objects.create(**validated_data)
        Equipment.objects.filter(pk=rental.equipment_id).update(  # expect: check-then-act|unconditional-update
            units_free=F("units_free") - validated_data["units"]
        )
        return rental


class GuardedRentalSerializer(serializers.ModelSerializer):
    class Meta:
        model = Rental
        fields = ["id", "equipment", "units"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["equipment"].units_free < attrs["units"]:
            raise serializers.ValidationError({"units": "not that many are free"})
        return attrs

    # case: id=py-dj-2061 label=safe tier=3 note=validate gives the early answer, the filter and its count decide
    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Rental:
        units = validated_data["units"]
        taken = Equipment.objects.filter(pk=validated_data["equipment"].pk, units_free__gte=units).update(
            units_free=F("units_free") - units
        )
        if taken == 0:
            raise serializers.ValidationError({"units": "not that many are free"})
        return Rental.objects.create(**validated_data)


class RemarkSerializer(serializers.Serializer):
    remark = serializers.CharField(max_length=200)

    # case: id=py-dj-2062 label=race rule=stale-overwrite tier=2 note=update of a serializer saves every column of the view's row
    def update(self, instance: Rental, validated_data: dict[str, Any]) -> Rental:
        instance.remark = validated_data["remark"]
        instance.save()  # expect: stale-overwrite
        return instance


class RemarkColumnSerializer(serializers.Serializer):
    remark = serializers.CharField(max_length=200)

    # case: id=py-dj-2063 label=safe tier=2 note=update names its column
    def update(self, instance: Rental, validated_data: dict[str, Any]) -> Rental:
        instance.remark = validated_data["remark"]
        instance.save(update_fields=["remark"])
        return instance


class ReviewSerializer(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["id", "equipment", "text"]


class FavouriteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Favourite
        fields = ["id", "equipment"]


class RentalViewSet(mixins.CreateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Rental.objects.select_related("equipment")
    serializer_class = RentalSerializer
    permission_classes = [IsAuthenticated]

    # case: id=py-dj-2064 label=race rule=lost-update tier=2 note=custom action counts extensions on the view's object
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str | None = None) -> Response:
        rental = self.get_object()
        rental.extensions += 1
        rental.save(update_fields=["extensions"])  # expect: lost-update
        return Response({"extensions": rental.extensions})

    # case: id=py-dj-2065 label=race rule=check-then-act tier=2 note=state tested on the view's object, then set and saved
    @action(detail=True, methods=["post"])
    def give_back(self, request: Request, pk: str | None = None) -> Response:
        rental = self.get_object()
        if rental.state != "open":
            return Response({"detail": "returned before"}, status=status.HTTP_409_CONFLICT)
        rental.state = "returned"
        rental.returned_at = timezone.now()
        rental.save(update_fields=["state", "returned_at"])  # expect: check-then-act
        return Response({"state": rental.state})

    # case: id=py-dj-2066 label=safe tier=2 note=the transition is a conditional update, its count decides
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        rental = self.get_object()
        if not Rental.objects.filter(pk=rental.pk, state="open").update(state="cancelled"):
            return Response({"detail": "not open"}, status=status.HTTP_409_CONFLICT)
        Equipment.objects.filter(pk=rental.equipment_id).update(units_free=F("units_free") + rental.units)
        return Response({"state": "cancelled"})


class LockedRentalViewSet(viewsets.GenericViewSet):
    serializer_class = RentalSerializer

    def get_queryset(self) -> models.QuerySet[Rental]:
        queryset = Rental.objects.filter(customer=self.request.user)
        if self.action in {"extend"}:
            queryset = queryset.select_for_update(of=("self",))
        return queryset

    # case: id=py-dj-2067 label=safe tier=3 note=get_queryset locks for this action, the action is atomic
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def extend(self, request: Request, pk: str | None = None) -> Response:
        rental = self.get_object()
        if rental.extensions >= 3:
            raise ValidationError("no further extension")
        rental.extensions += 1
        rental.save(update_fields=["extensions"])
        return Response({"extensions": rental.extensions})


class ReviewViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Review.objects.all()
    serializer_class = ReviewSerializer

    # case: id=py-dj-2068 label=race rule=check-then-create tier=2 note=exists in perform_create, serializer.save creates, no constraint
    def perform_create(self, serializer: ReviewSerializer) -> None:
        equipment = serializer.validated_data["equipment"]
        if Review.objects.filter(equipment=equipment, author=self.request.user).exists():
            raise ValidationError("one review each")
        serializer.save(author=self.request.user)  # expect: check-then-create


class FavouriteViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Favourite.objects.all()
    serializer_class = FavouriteSerializer

    # case: id=py-dj-2069 label=safe tier=2 note=same shape over a unique constraint, conflict answered
    def perform_create(self, serializer: FavouriteSerializer) -> None:
        try:
            with transaction.atomic():
                serializer.save(owner=self.request.user)
        except IntegrityError as exc:
            raise ValidationError("a favourite already") from exc


class EquipmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Equipment
        fields = ["id", "name"]


class EquipmentViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    queryset = Equipment.objects.all()
    serializer_class = EquipmentSerializer

    # case: id=py-dj-2070 label=race rule=lost-update tier=2 note=perform_update saves a stock computed from the loaded instance
    def perform_update(self, serializer: EquipmentSerializer) -> None:
        added = int(self.request.data.get("added", 0))
        serializer.save(units_free=serializer.instance.units_free + added)  # expect: lost-update
