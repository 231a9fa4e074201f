"""A canteen: orders with lines in them."""
from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import F
from rest_framework import mixins, serializers, viewsets


class Meal(models.Model):
    name = models.CharField(max_length=40)
    portions = models.IntegerField(default=0)

    class Meta:
        app_label = "canteen"


class Tray(models.Model):
    guest = models.ForeignKey("auth.User", on_delete=models.CASCADE)

    class Meta:
        app_label = "canteen"


class TrayLine(models.Model):
    tray = models.ForeignKey(Tray, on_delete=models.CASCADE, related_name="lines")
    meal = models.ForeignKey(Meal, on_delete=models.CASCADE)
    count = models.PositiveIntegerField()

    class Meta:
        app_label = "canteen"


class LineSerializer(serializers.ModelSerializer):
    class Meta:
        model = TrayLine
        fields = ["meal", "count"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["meal"].portions < attrs["count"]:
            raise serializers.ValidationError("sold out")
        return attrs


class TraySerializer(serializers.ModelSerializer):
    lines = LineSerializer(many=True)
    guest = serializers.HiddenField(default=serializers.CurrentUserDefault())

    class Meta:
        model = Tray
        fields = ["id", "guest", "lines"]

    # case: the rows of the nested lines were looked up before, and what they had is counted down
    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Tray:
        lines = validated_data.pop("lines")
        tray = Tray.objects.create(**validated_data)
        for line in lines:
            meal = line["meal"]
            meal.portions -= line["count"]
            meal.save(update_fields=["portions"])  # expect: lost-update
            TrayLine.objects.create(tray=tray, **line)
        return tray


class TrayViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Tray.objects.all()
    serializer_class = TraySerializer


class CarefulTraySerializer(serializers.ModelSerializer):
    lines = LineSerializer(many=True)
    earlier = LineSerializer(many=True, read_only=True)

    class Meta:
        model = Tray
        fields = ["id", "lines", "earlier"]

    # case: each with the test in it, and its count looked at
    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Tray:
        lines = validated_data.pop("lines")
        tray = Tray.objects.create(guest=self.context["request"].user, **validated_data)
        for line in lines:
            count = line["count"]
            left = Meal.objects.filter(pk=line["meal"].pk, portions__gte=count)
            if not left.update(portions=F("portions") - count):
                raise serializers.ValidationError("sold out")
            TrayLine.objects.create(tray=tray, **line)
        return tray


class CarefulTrayViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Tray.objects.all()
    serializer_class = CarefulTraySerializer
