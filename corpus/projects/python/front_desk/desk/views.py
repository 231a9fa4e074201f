"""The desk's pages."""

from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import FormView, UpdateView

from .forms import ArrivalForm, DrinkForm, KeyForm, MealForm, ParcelForm, RoomForm, TrolleyForm
from .models import Room


def add_room(request):
    form = RoomForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/room.html", {"form": form})
    form.save()  # expect: check-then-create
    return redirect("rooms")


def add_key(request):
    form = KeyForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/key.html", {"form": form})
    form.save()
    return redirect("keys")


def arrive(request, pk):
    room = get_object_or_404(Room, pk=pk)
    form = ArrivalForm(request.POST, instance=room)
    if form.is_valid():
        form.instance.state = Room.TAKEN
        form.save()  # expect: check-then-act
        return redirect("rooms")
    return render(request, "desk/arrival.html", {"form": form})


class ArrivalView(UpdateView):
    model = Room
    form_class = ArrivalForm

    def form_valid(self, form):
        form.instance.state = Room.TAKEN
        return super().form_valid(form)  # expect: check-then-act


class CarefulArrivalView(UpdateView):
    """The room is locked from before the check until it is written."""

    form_class = ArrivalForm

    def get_queryset(self):
        return Room.objects.select_for_update()

    def form_valid(self, form):
        form.instance.state = Room.TAKEN
        return super().form_valid(form)

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        return super().post(request, *args, **kwargs)


class DrinkView(FormView):
    template_name = "desk/drink.html"
    form_class = DrinkForm

    def form_valid(self, form):
        form.pay()
        return redirect("drinks")


class MealView(FormView):
    template_name = "desk/meal.html"
    form_class = MealForm

    def form_valid(self, form):
        if not form.pay():
            form.add_error("price", "Not enough credit.")
            return self.form_invalid(form)
        return redirect("meals")


class ParcelView(FormView):
    template_name = "desk/parcel.html"
    form_class = ParcelForm

    def form_valid(self, form: ParcelForm):
        form.save()  # expect: check-then-create
        return redirect("parcels")


class TrolleyView(FormView):
    template_name = "desk/trolley.html"
    form_class = TrolleyForm

    def form_valid(self, form: TrolleyForm):
        form.save()
        return redirect("trolleys")
