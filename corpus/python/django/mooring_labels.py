# case: a model serializer that takes its update from a mixin which is a plain serializer
from django.db import models, transaction
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response


class Mooring(models.Model):
    code = models.CharField(max_length=20, unique=True)
    notes = models.TextField(blank=True)
    revised = models.DateTimeField(auto_now=True)


class Buoy(models.Model):
    code = models.CharField(max_length=20, unique=True)
    notes = models.TextField(blank=True)
    revised = models.DateTimeField(auto_now=True)


class NotedSerializer(serializers.Serializer):
    reason = serializers.CharField(write_only=True, required=False)

    # What the model's serializer does stands behind this, though this class comes first.
    def update(self, instance, validated_data):
        validated_data.pop("reason", None)
        return super().update(instance, validated_data)  # expect: check-then-act


class MooringSerializer(NotedSerializer, serializers.ModelSerializer):
    class Meta:
        model = Mooring
        fields = ["code", "notes", "reason"]


class MooringViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    queryset = Mooring.objects.all()
    serializer_class = MooringSerializer

    def update(self, request, *args, **kwargs):
        mooring = self.get_object()
        if request.headers.get("If-Match") != mooring.revised.isoformat():
            return Response(status=412)
        serializer = self.get_serializer(mooring, data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)


class LockedNotedSerializer(serializers.Serializer):
    reason = serializers.CharField(write_only=True, required=False)

    def update(self, instance, validated_data):
        validated_data.pop("reason", None)
        return super().update(instance, validated_data)


class BuoySerializer(LockedNotedSerializer, serializers.ModelSerializer):
    class Meta:
        model = Buoy
        fields = ["code", "notes", "reason"]


class BuoyViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    queryset = Buoy.objects.all()
    serializer_class = BuoySerializer

    # The version is compared on a row that stays locked until it is saved.
    @transaction.atomic
    def update(self, request, *args, **kwargs):
        buoy = self.get_queryset().select_for_update().get(pk=kwargs["pk"])
        if request.headers.get("If-Match") != buoy.revised.isoformat():
            return Response(status=412)
        serializer = self.get_serializer(buoy, data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)
