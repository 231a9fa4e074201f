"""A service desk with several tenants: rows are looked for within one, and stay there."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView


class Tenant(models.Model):
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        app_label = "desk"


class Ticket(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="tickets")
    title = models.CharField(max_length=80)
    region = models.CharField(max_length=20, default="eu")
    state = models.CharField(max_length=20, default="open")
    place = models.IntegerField(default=0)

    class Meta:
        app_label = "desk"


class Topic(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="topics")
    name = models.CharField(max_length=40)

    class Meta:
        app_label = "desk"


class Remark(models.Model):
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=40)

    class Meta:
        app_label = "desk"


class TicketSerializer(serializers.ModelSerializer):
    class Meta:
        model = Ticket
        fields = ["title"]


class TicketView(APIView):
    def get_object(self, pk: int) -> Ticket:
        return get_object_or_404(Ticket, pk=pk, region=self.request.user.region)

    def open_ticket(self, pk: int) -> Ticket:
        return get_object_or_404(Ticket, pk=pk, state="open")

    # case: what it was looked for by is written again: it stays what it was
    def patch(self, request: HttpRequest, pk: int) -> Response:
        ticket = self.get_object(pk)
        serializer = TicketSerializer(ticket, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save(region=request.user.region)
        return Response(serializer.data)

    # case: what it was looked for by is changed
    def delete(self, request: HttpRequest, pk: int) -> Response:
        ticket = self.open_ticket(pk)
        ticket.state = request.data["state"]
        ticket.save(update_fields=["state"])  # expect: check-then-act
        return Response(status=204)


class RegionView(APIView):
    def post(self, request: HttpRequest) -> Response:
        Ticket.objects.filter(tenant=request.user.tenant).update(region=request.data["region"])
        return Response(status=204)


class PlaceView(APIView):
    # case: one ticket of the tenant gets its place beside another one, which is another row
    def put(self, request: HttpRequest, pk: int) -> Response:
        ticket = get_object_or_404(Ticket, pk=pk, tenant=request.user.tenant)
        above = get_object_or_404(Ticket, title=request.data["above"], tenant=request.user.tenant)
        ticket.place = above.place + 1
        ticket.save(update_fields=["place"])
        return Response({"place": ticket.place})

    # case: its own place is what the new one comes from
    def patch(self, request: HttpRequest, pk: int) -> Response:
        ticket = get_object_or_404(Ticket, pk=pk, tenant=request.user.tenant)
        ticket.place = ticket.place + 1
        ticket.save(update_fields=["place"])  # expect: lost-update
        return Response({"place": ticket.place})


class NameView(APIView):
    # case: a topic without its tenant is always refused, so there are never two
    def post(self, request: HttpRequest) -> Response:
        for name in request.data["names"]:
            topic = Topic.objects.filter(name=name).first()
            if topic is None:
                Topic.objects.create(name=name)
        return Response(status=201)

    # case: a remark needs no ticket
    def put(self, request: HttpRequest) -> Response:
        for name in request.data["names"]:
            remark = Remark.objects.filter(name=name).first()
            if remark is None:
                Remark.objects.create(name=name)  # expect: check-then-create
        return Response(status=201)

    # case: the tenant comes with everything else
    def patch(self, request: HttpRequest, **given: Any) -> Response:
        if not Topic.objects.filter(name=request.data["name"]).exists():
            Topic.objects.create(name=request.data["name"], **given)  # expect: check-then-create
        return Response(status=201)
