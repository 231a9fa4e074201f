"""The views hand the member to their serializers."""
from __future__ import annotations

from django.shortcuts import get_object_or_404
from rest_framework import generics, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from . import services
from .models import Member, Outing
from .serializers import DepositSerializer, OutingSerializer


class MemberContext:
    def get_serializer_context(self) -> dict:
        context = super().get_serializer_context()
        context["member"] = get_object_or_404(Member, user=self.request.user)
        return context


class OutingView(MemberContext, generics.GenericAPIView):
    serializer_class = OutingSerializer

    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        outing = services.take_out(serializer.context["member"], **serializer.validated_data)
        return Response({"id": outing.pk}, status=201)


class DepositViewSet(MemberContext, viewsets.GenericViewSet):
    queryset = Outing.objects.all()
    serializer_class = DepositSerializer

    @action(detail=False, methods=["post"])
    def pay_back(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        services.pay_back(serializer.context["member"], serializer.validated_data["cents"])
        return Response(status=204)
