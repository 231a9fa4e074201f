"""What comes in is checked against the member whom the view hands on."""
from __future__ import annotations

from rest_framework import serializers

from .models import Member, Outing, Tool


class OutingSerializer(serializers.ModelSerializer):
    tool = serializers.PrimaryKeyRelatedField(queryset=Tool.objects.all())

    class Meta:
        model = Outing
        fields = ["tool"]

    def validate(self, attrs: dict) -> dict:
        member: Member = self.context["member"]
        if member.hours < attrs["tool"].rate:
            raise serializers.ValidationError({"tool": "not enough hours"})
        return attrs


class DepositSerializer(serializers.Serializer):
    cents = serializers.IntegerField(min_value=1)

    def validate_cents(self, value: int) -> int:
        if value > self.context["member"].deposit:
            raise serializers.ValidationError("more than was paid")
        return value
