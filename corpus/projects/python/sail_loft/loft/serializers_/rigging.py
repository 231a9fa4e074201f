from rest_framework import serializers

from loft.models import Batten, Boom, Sail, Spar
from loft.serializers_.base import LabelledSerializer

__all__ = ("BattenSerializer", "BoomSerializer", "SailSerializer", "SparSerializer")


class SailSerializer(LabelledSerializer, serializers.ModelSerializer):
    class Meta:
        model = Sail
        fields = ["number", "notes", "labels"]


class SparSerializer(LabelledSerializer, serializers.ModelSerializer):
    class Meta:
        model = Spar
        fields = ["number", "notes", "labels"]


class BoomSerializer(LabelledSerializer, serializers.ModelSerializer):
    class Meta:
        model = Boom
        fields = ["number", "notes", "labels"]


class BattenSerializer(LabelledSerializer, serializers.ModelSerializer):
    class Meta:
        model = Batten
        fields = ["number", "notes", "labels"]
