"""Excursions: serializers and forms whose relation fields look the row up before it is checked and booked."""
from __future__ import annotations

from typing import Any

from django import forms
from django.db import models, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from rest_framework import serializers, viewsets


class Excursion(models.Model):
    slug = models.SlugField(unique=True)
    places = models.IntegerField()
    booked = models.IntegerField(default=0)
    title = models.CharField(max_length=80)

    class Meta:
        app_label = "excursions"

    @property
    def is_full(self) -> bool:
        return self.booked >= self.places


class Coach(models.Model):
    driver = models.CharField(max_length=40)

    class Meta:
        app_label = "excursions"


class Booking(models.Model):
    excursion = models.ForeignKey(Excursion, on_delete=models.CASCADE)
    coach = models.ForeignKey(Coach, null=True, on_delete=models.SET_NULL)
    guest = models.CharField(max_length=40)

    class Meta:
        app_label = "excursions"


class BookingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Booking
        fields = ["id", "excursion", "coach", "guest"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["excursion"].is_full:
            raise serializers.ValidationError("full")
        if attrs.get("coach") is None:
            attrs["guest"] = attrs["guest"].strip()
        return attrs

    # case: id=py-dj-5500 label=race rule=check-then-act tier=3 note=the relation field has read the row, validate looks at it, create counts up
    def create(self, validated_data: dict[str, Any]) -> Booking:
        with transaction.atomic():
            Excursion.objects.filter(pk=validated_data["excursion"].pk).update(booked=F("booked") + 1)  # expect: check-then-act
            return super().create(validated_data)


class BookingViewSet(viewsets.ModelViewSet):
    queryset = Booking.objects.all()
    serializer_class = BookingSerializer


class GuardedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Booking
        fields = ("excursion", "guest")

    def validate_excursion(self, excursion: Any) -> Any:
        if excursion.is_full:
            raise serializers.ValidationError("full")
        return excursion

    # case: id=py-dj-5501 label=safe tier=3 note=the same, the condition is in the update and its count is looked at
    def create(self, validated_data: dict[str, Any]) -> Booking:
        excursion = validated_data["excursion"]
        with transaction.atomic():
            won = Excursion.objects.filter(pk=excursion.pk, booked__lt=F("places")).update(booked=F("booked") + 1)
            if not won:
                raise serializers.ValidationError("full")
            return super().create(validated_data)


class WaitlistSerializer(serializers.Serializer):
    trip = serializers.SlugRelatedField(slug_field="slug", queryset=Excursion.objects.filter(booked__gte=1))
    guest = serializers.CharField()

    def validate_trip(self, trip: Any) -> Any:
        if trip.booked >= trip.places:
            raise serializers.ValidationError("full")
        return trip

    # case: id=py-dj-5502 label=race rule=lost-update tier=3 note=row of a declared field, counted up in Python
    def create(self, validated_data: dict[str, Any]) -> Any:
        trip = validated_data["trip"]
        trip.booked += 1
        trip.save(update_fields=["booked"])  # expect: lost-update
        return trip


class TitleSerializer(serializers.Serializer):
    trip = serializers.PrimaryKeyRelatedField(queryset=Excursion.objects.all())
    title = serializers.CharField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["trip"].is_full:
            raise serializers.ValidationError("full")
        return attrs

    # case: id=py-dj-5503 label=safe tier=3 note=read again under a lock, and looked at again
    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Any:
        trip = Excursion.objects.select_for_update().get(pk=validated_data["trip"].pk)
        if trip.is_full:
            raise serializers.ValidationError("full")
        trip.booked += 1
        trip.save(update_fields=["booked"])
        return trip


class BookingForm(forms.ModelForm):
    class Meta:
        model = Booking
        fields = ["excursion", "guest"]

    def clean(self) -> dict[str, Any]:
        excursion = self.cleaned_data["excursion"]
        if excursion.is_full:
            raise forms.ValidationError("full")
        return self.cleaned_data

    # case: id=py-dj-5504 label=race rule=check-then-act tier=3 note=clean looks at the row of the form's field, save counts up
    def save(self, commit: bool = True) -> Booking:
        booking = super().save(commit=commit)
        Excursion.objects.filter(pk=self.cleaned_data["excursion"].pk).update(booked=F("booked") + 1)  # expect: check-then-act
        return booking


def book(request: HttpRequest) -> HttpResponse:
    form = BookingForm(request.POST)
    if form.is_valid():
        form.save()
        return redirect("bookings")
    return render(request, "book.html", {"form": form})


class TransferForm(forms.Form):
    excursion = forms.ModelChoiceField(queryset=Excursion.objects.all())

    def clean_excursion(self) -> Any:
        excursion = self.cleaned_data["excursion"]
        if excursion.is_full:
            raise forms.ValidationError("full")
        return excursion


# case: id=py-dj-5505 label=safe tier=3 note=the row of the field is locked and looked at again
def transfer(request: HttpRequest, booking_id: int) -> HttpResponse:
    form = TransferForm(request.POST)
    if form.is_valid():
        with transaction.atomic():
            excursion = Excursion.objects.select_for_update().get(pk=form.cleaned_data["excursion"].pk)
            if not excursion.is_full:
                excursion.booked += 1
                excursion.save(update_fields=["booked"])
                Booking.objects.filter(pk=booking_id).update(excursion=excursion)
    return redirect("bookings")


# case: id=py-dj-5506 label=race rule=check-then-act tier=3 note=the same without looking again
def transfer_blindly(request: HttpRequest) -> HttpResponse:
    form = TransferForm(request.POST)
    if form.is_valid():
        Excursion.objects.filter(pk=form.cleaned_data["excursion"].pk).update(booked=F("booked") + 1)  # expect: check-then-act
    return redirect("bookings")
