"""Choir tours: forms that are handed what they check against, and seats given out by what the view calls then."""
from __future__ import annotations

from typing import Any

from django import forms
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import FormView


class Tour(models.Model):
    beds = models.PositiveSmallIntegerField(default=30)

    class Meta:
        app_label = "tours"


class Singer(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "tours"


class Place(models.Model):
    tour = models.ForeignKey(Tour, on_delete=models.CASCADE, related_name="places")
    singer = models.ForeignKey(Singer, on_delete=models.CASCADE)

    class Meta:
        app_label = "tours"
        unique_together = [("tour", "singer")]


class AlreadyComing(Exception):
    pass


# case: id=py-dj-2721 label=race rule=check-then-act tier=4 note=beds counted in PlaceForm.clean, the unique pair covers only the same singer (caller PlaceView.form_valid)
def give_place(tour: Tour, singer: Singer) -> Place:
    try:
        with transaction.atomic():
            return Place.objects.create(tour=tour, singer=singer)  # expect: check-then-act
    except IntegrityError as exc:
        raise AlreadyComing(singer.pk) from exc


class PlaceForm(forms.Form):
    singer = forms.ModelChoiceField(queryset=Singer.objects.all())

    def __init__(self, *args: Any, tour: Tour, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tour = tour

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.tour.places.count() >= self.tour.beds:
            raise forms.ValidationError("There are no beds left.")
        return cleaned


class PlaceView(FormView):
    form_class = PlaceForm
    template_name = "tours/place.html"

    @cached_property
    def tour(self) -> Tour:
        return get_object_or_404(Tour, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "tour": self.tour}

    def form_valid(self, form: PlaceForm) -> HttpResponse:
        give_place(self.tour, form.cleaned_data["singer"])
        return redirect("tour", pk=self.tour.pk)


class LockedPlaceView(FormView):
    """The tour is locked from before the beds are counted until the place is there."""

    form_class = PlaceForm
    template_name = "tours/place.html"

    @cached_property
    def tour(self) -> Tour:
        return get_object_or_404(Tour.objects.select_for_update(), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs["tour"] = self.tour
        return kwargs

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs)

    # case: id=py-dj-2722 label=safe tier=3 note=the same count under a lock on the tour
    def form_valid(self, form: PlaceForm) -> HttpResponse:
        Place.objects.create(tour=self.tour, singer=form.cleaned_data["singer"])
        return redirect("tour", pk=self.tour.pk)


# case: id=py-dj-2723 label=race rule=check-then-act tier=2 note=beds of the tour counted, then the tour looked up again for the new place
def add_guest(tour_id: int, singer: Singer) -> None:
    tour = Tour.objects.get(pk=tour_id)
    if tour.places.count() >= tour.beds:
        raise ValueError(tour_id)
    again = Tour.objects.get(pk=tour_id)
    Place.objects.create(tour=again, singer=singer)  # expect: check-then-act


# case: id=py-dj-2724 label=safe tier=2 note=beds of one tour counted, the place given on the other
def move_guest(tour_id: int, other_id: int, singer: Singer) -> None:
    tour = Tour.objects.get(pk=tour_id)
    if tour.places.count() < tour.beds:
        raise ValueError(tour_id)
    other = Tour.objects.get(pk=other_id)
    Place.objects.create(tour=other, singer=singer)
