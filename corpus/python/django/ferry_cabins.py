"""Cabins of a ferry: what a view looks up for its serializer, though it does nothing else by itself."""
from django.db import models, transaction
from django.shortcuts import get_object_or_404
from rest_framework import mixins, serializers, viewsets


class Sailing(models.Model):
    port = models.CharField(max_length=40)
    cabins = models.IntegerField()


class Cabin(models.Model):
    sailing = models.ForeignKey(Sailing, on_delete=models.CASCADE, related_name="taken")
    name = models.CharField(max_length=40)


class CabinSerializer(serializers.ModelSerializer):
    class Meta:
        model = Cabin
        fields = ["id", "name"]

    def validate(self, attrs):
        sailing = self.context["sailing"]
        if sailing.taken.count() >= sailing.cabins:
            raise serializers.ValidationError("fully booked")
        return attrs

    # case: id=py-dj-3606 label=race rule=check-then-act|check-then-create tier=3 note=cabins of the sailing that the view has looked up are counted in validate
    def create(self, validated_data):
        return Cabin.objects.create(  # expect: check-then-act|check-then-create
            sailing=self.context["sailing"], **validated_data
        )


class CabinViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = CabinSerializer

    def get_serializer_context(self):
        context = super().get_serializer_context()
        context["sailing"] = get_object_or_404(Sailing, pk=self.kwargs["sailing_pk"])
        return context


class BerthSerializer(serializers.ModelSerializer):
    class Meta:
        model = Cabin
        fields = ["id", "name"]

    # case: id=py-dj-3607 label=safe tier=3 note=the view has locked the sailing before its cabins are counted
    def validate(self, attrs):
        sailing = self.context["sailing"]
        if sailing.taken.count() >= sailing.cabins:
            raise serializers.ValidationError("fully booked")
        return attrs

    def create(self, validated_data):
        return Cabin.objects.create(sailing=self.context["sailing"], **validated_data)


class BerthViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = BerthSerializer

    def get_serializer_context(self):
        locked = Sailing.objects.select_for_update()
        sailing = get_object_or_404(locked, pk=self.kwargs["sailing_pk"])
        return {**super().get_serializer_context(), "sailing": sailing}

    @transaction.atomic
    def create(self, request, *args, **kwargs):
        return super().create(request, *args, **kwargs)
