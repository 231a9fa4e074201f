"""Sheets of a herbarium: marks that everybody sets alike, and marks on which something hangs."""
from __future__ import annotations

from django.contrib.postgres.fields import HStoreField
from django.core.mail import send_mail
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.text import slugify
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response


class Cabinet(models.Model):
    title = models.CharField(max_length=80)
    slug = models.CharField(max_length=80, default="")
    has_types = models.BooleanField(default=False)
    announced = models.BooleanField(default=False)
    sheets_held = models.IntegerField(default=0)

    class Meta:
        app_label = "herbarium"

    def save(self, *args, **kwargs):
        if self.title and not self.slug:
            self.slug = slugify(self.title)
        super().save(*args, **kwargs)


class Campaign(models.Model):
    name = models.CharField(max_length=80)
    running = models.BooleanField(default=True)
    closed = models.BooleanField(default=False)

    class Meta:
        app_label = "herbarium"


class Visitor(models.Model):
    email = models.CharField(max_length=80)
    region = models.CharField(max_length=20)

    class Meta:
        app_label = "herbarium"


class Round(models.Model):
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE)

    class Meta:
        app_label = "herbarium"


class Sheet(models.Model):
    number = models.CharField(max_length=20, unique=True)
    remarks = HStoreField(default=dict)
    loans = models.IntegerField(default=0)

    class Meta:
        app_label = "herbarium"


class Removal(models.Model):
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE)
    remark = models.CharField(max_length=40)

    class Meta:
        app_label = "herbarium"


# case: id=py-dj-3970 label=race rule=stale-overwrite tier=2 note=the mark is the same whoever sets it; the whole row goes back with it, by an override that fills in another column
def note_type_specimen(pk: int, is_type: bool) -> None:
    cabinet = Cabinet.objects.get(pk=pk)
    if not cabinet.has_types and is_type:
        cabinet.has_types = True
        cabinet.save()  # expect: stale-overwrite


# case: id=py-dj-3977 label=race rule=stale-overwrite tier=2 note=what is read elsewhere decides as well, the flag is only raised where it is down
def note_types_of(pk: int, number: str) -> None:
    cabinet = Cabinet.objects.get(pk=pk)
    sheet = Sheet.objects.get(number=number)
    if not cabinet.has_types and sheet.loans > 0:
        cabinet.has_types = True
        cabinet.save()  # expect: stale-overwrite


def recount(pk: int, found: bool) -> None:
    Cabinet.objects.filter(pk=pk).update(has_types=found)


# case: id=py-dj-3971 label=race rule=check-then-act tier=2 note=the same override, but a mail hangs on having set the mark
def announce(pk: int) -> None:
    cabinet = Cabinet.objects.get(pk=pk)
    if not cabinet.announced:
        cabinet.announced = True
        cabinet.save()  # expect: check-then-act
        send_mail("New cabinet", cabinet.title, None, ["curators@example.org"])


def hold(pk: int, count: int) -> None:
    Cabinet.objects.filter(pk=pk).update(sheets_held=count)


# case: id=py-dj-3972 label=race rule=stale-overwrite tier=3 note=a round is opened for each campaign that runs, and only one without visitors is stopped: no claim to the round
def open_rounds(region: str) -> None:
    for campaign in Campaign.objects.filter(running=True):
        Round.objects.create(campaign=campaign)
        visitors = Visitor.objects.filter(region=region).count()
        if visitors == 0:
            campaign.running = False
            campaign.save()  # expect: stale-overwrite


# case: id=py-dj-3973 label=race rule=check-then-act tier=2 note=the round is opened for each campaign that is not closed, and each of these is closed
def close_rounds() -> None:
    for campaign in Campaign.objects.filter(closed=False):
        Round.objects.create(campaign=campaign)
        campaign.closed = True
        campaign.save(update_fields=["closed"])  # expect: check-then-act


class RemarkSerializer(serializers.Serializer):
    remark = serializers.CharField()

    def validate_remark(self, value):
        if value not in self.context["sheet"].remarks:
            raise serializers.ValidationError("no such remark")
        return value


class SheetSerializer(serializers.ModelSerializer):
    class Meta:
        model = Sheet
        fields = ["number"]


class SheetViewSet(viewsets.ModelViewSet):
    queryset = Sheet.objects.all()
    serializer_class = SheetSerializer

    # case: id=py-dj-3974 label=safe tier=2 note=the store takes the key out, whoever asks second finds nothing to take
    @action(detail=True, methods=["post"])
    def strike_remark(self, request, pk=None):
        sheet = self.get_object()
        given = RemarkSerializer(data=request.data, context={"sheet": sheet})
        given.is_valid(raise_exception=True)
        Sheet.objects.filter(pk=sheet.pk).update(
            remarks=RawSQL("remarks - %s::text", [given.validated_data["remark"]])
        )
        return Response(given.data, status=201)

    # case: id=py-dj-3975 label=race rule=check-then-act tier=2 note=the key taken out, a removal is put on record for each who passed
    @action(detail=True, methods=["post"])
    def withdraw_remark(self, request, pk=None):
        sheet = self.get_object()
        given = RemarkSerializer(data=request.data, context={"sheet": sheet})
        given.is_valid(raise_exception=True)
        Sheet.objects.filter(pk=sheet.pk).update(  # expect: check-then-act
            remarks=RawSQL("remarks - %s::text", [given.validated_data["remark"]])
        )
        Removal.objects.create(sheet=sheet, remark=given.validated_data["remark"])
        return Response(given.data, status=201)


# case: id=py-dj-3976 label=race rule=check-then-act tier=2 note=a number is taken away, not a key
def return_sheet(pk: int, count: int) -> None:
    sheet = Sheet.objects.get(pk=pk)
    if sheet.loans < count:
        raise ValueError("not that many are out")
    Sheet.objects.filter(pk=pk).update(loans=RawSQL("loans - %s", [count]))  # expect: check-then-act
