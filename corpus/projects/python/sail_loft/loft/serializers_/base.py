"""What several serializers have in common."""
from rest_framework import serializers


class LabelledSerializer(serializers.Serializer):
    """Labels are given by name, and set once the row is there."""

    labels = serializers.ListField(child=serializers.CharField(), required=False)

    def update(self, instance, validated_data):
        labels = validated_data.pop("labels", None)
        instance = super().update(instance, validated_data)  # expect: check-then-act
        if labels is not None:
            instance.labels.set(labels)
        return instance
