from rest_framework import serializers

from loft.models import Sheet, Winch

__all__ = ("SheetSerializer", "WinchSerializer")


class SheetSerializer(serializers.ModelSerializer):
    class Meta:
        model = Sheet
        fields = ["number", "notes"]


class WinchSerializer(serializers.ModelSerializer):
    class Meta:
        model = Winch
        fields = ["number", "notes"]
