"""The box office's API."""

from django.db import transaction
from rest_framework import generics, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Hold, Membership, Promotion, Ticket
from .serializers import (
    AdmissionSerializer,
    BonusSerializer,
    FirmHoldSerializer,
    HoldSerializer,
    LockedAdmissionSerializer,
    PromotionSerializer,
    RedemptionSerializer,
)


class PromotionViewSet(viewsets.ModelViewSet):
    queryset = Promotion.objects.all()
    serializer_class = PromotionSerializer


class HoldList(generics.ListCreateAPIView):
    queryset = Hold.objects.all()
    serializer_class = HoldSerializer

    def perform_create(self, serializer):
        serializer.save(holder=self.request.user.username)


class FirmHoldList(generics.ListCreateAPIView):
    queryset = Hold.objects.all()
    serializer_class = FirmHoldSerializer

    def perform_create(self, serializer):
        serializer.save(holder=self.request.user.username)


class GateView(generics.UpdateAPIView):
    queryset = Ticket.objects.all()
    serializer_class = AdmissionSerializer

    def perform_update(self, serializer):
        serializer.save()


class CarefulGateView(generics.UpdateAPIView):
    """The ticket is read under a lock, which the transaction holds until it is written."""

    serializer_class = LockedAdmissionSerializer

    def get_queryset(self):
        return Ticket.objects.select_for_update()

    @transaction.atomic
    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **kwargs)


class RedemptionView(APIView):
    def post(self, request):
        serializer = RedemptionSerializer(data=request.data)
        if not serializer.is_valid():
            return Response(serializer.errors, status=400)
        serializer.save()
        return Response(serializer.data, status=201)


class BonusView(generics.UpdateAPIView):
    queryset = Membership.objects.all()
    serializer_class = BonusSerializer

    def perform_update(self, serializer):
        serializer.save()  # expect: lost-update


class CarefulBonusView(generics.UpdateAPIView):
    serializer_class = BonusSerializer

    def get_queryset(self):
        return Membership.objects.select_for_update()

    def perform_update(self, serializer):
        serializer.save()

    @transaction.atomic
    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **kwargs)
