"""Grain silos: what a serializer knows of its request, and two rows of which only one is locked."""
from django.db import models, transaction
from rest_framework import mixins, serializers, viewsets
from rest_framework.views import APIView


class Farmer(models.Model):
    user = models.OneToOneField("auth.User", on_delete=models.CASCADE, related_name="farmer")
    owed = models.IntegerField(default=0)


class Silo(models.Model):
    tons = models.IntegerField(default=0)
    room = models.IntegerField(default=0)


class Delivery(models.Model):
    farmer = models.ForeignKey(Farmer, on_delete=models.PROTECT)
    silo = models.ForeignKey(Silo, on_delete=models.PROTECT)
    tons = models.IntegerField()


class DeliverySerializer(serializers.ModelSerializer):
    class Meta:
        model = Delivery
        fields = ["id", "silo", "tons"]

    def create(self, validated_data):
        farmer = self.context["request"].user.farmer
        delivery = Delivery.objects.create(farmer=farmer, **validated_data)
        farmer.owed = farmer.owed + delivery.tons
        farmer.save(update_fields=["owed"])  # expect: lost-update
        return delivery


class DeliveryViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer


class DrawSerializer(serializers.Serializer):
    tons = serializers.IntegerField()

    def save(self):
        silo = self.context["silo"]
        silo.tons = silo.tons - self.validated_data["tons"]
        silo.save(update_fields=["tons"])  # expect: lost-update


class DrawViewSet(viewsets.GenericViewSet):
    queryset = Silo.objects.all()
    serializer_class = DrawSerializer

    def get_serializer_context(self):
        context = super().get_serializer_context()
        context["silo"] = self.get_object()
        return context

    def update(self, request, pk=None):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()


class LockedDrawSerializer(serializers.Serializer):
    tons = serializers.IntegerField()

    def save(self):
        silo = self.context["silo"]
        silo.tons = silo.tons - self.validated_data["tons"]
        silo.save(update_fields=["tons"])


class LockedDrawView(APIView):
    @transaction.atomic
    def post(self, request, pk):
        silo = Silo.objects.select_for_update().get(pk=pk)
        serializer = LockedDrawSerializer(data=request.data, context={"request": request, "silo": silo})
        serializer.is_valid(raise_exception=True)
        serializer.save()


@transaction.atomic
def shift(source_id, target_id, tons):
    source = Silo.objects.select_for_update().get(pk=source_id)
    target = Silo.objects.get(pk=target_id)
    if target.tons + tons > target.room:
        raise ValueError(tons)
    source.tons -= tons
    target.tons += tons
    for silo in (source, target):
        silo.save(update_fields=["tons"])  # expect: lost-update


@transaction.atomic
def shift_locked(source_id, target_id, tons):
    source = Silo.objects.select_for_update().get(pk=source_id)
    target = Silo.objects.select_for_update().get(pk=target_id)
    if target.tons + tons > target.room:
        raise ValueError(tons)
    source.tons -= tons
    target.tons += tons
    for silo in (source, target):
        silo.save(update_fields=["tons"])
