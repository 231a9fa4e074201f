"""A view's visit as a whole: what its dispatch and setup look up and hold belongs to the handlers they lead to."""
from functools import wraps

from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import CreateView, UpdateView
from rest_framework import mixins, serializers, viewsets


class Pond(models.Model):
    name = models.CharField(max_length=30)
    trout = models.IntegerField(default=0)
    closed = models.BooleanField(default=False)


class DayTicket(models.Model):
    angler_name = models.CharField(max_length=30)
    day = models.DateField()


class OneTicketMixin:
    """Sends home who has a ticket."""

    def held(self):
        raise NotImplementedError

    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" and self.held().exists():
            return redirect("pond")
        return super().dispatch(request, *args, **kwargs)


class DayTicketView(LoginRequiredMixin, OneTicketMixin, CreateView):
    model = DayTicket
    fields = ["day"]

    def held(self):
        return DayTicket.objects.filter(angler_name=self.request.user.username)

    def form_valid(self, form):
        ticket = form.save(commit=False)
        ticket.angler_name = self.request.user.username
        ticket.save()  # expect: check-then-create
        return redirect("pond")


class GateView(View):
    """The dispatch of the class itself."""

    def dispatch(self, request, *args, **kwargs):
        if DayTicket.objects.filter(angler_name=request.user.username).exists():
            return redirect("pond")
        return super().dispatch(request, *args, **kwargs)

    def post(self, request):
        DayTicket.objects.create(angler_name=request.user.username, day=request.POST["day"])  # expect: check-then-create
        return redirect("pond")

    def get(self, request):
        return HttpResponse(request.user.username)


class StockingView(View):
    """What setup has found is what post writes."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.pond = Pond.objects.get(pk=kwargs["pk"])

    def post(self, request, pk):
        self.pond.trout += int(request.POST["trout"])
        self.pond.save(update_fields=["trout"])  # expect: lost-update
        return redirect("pond")


class ClosingView(UserPassesTestMixin, View):
    """The test that lets somebody in is a part of the same visit."""

    def test_func(self):
        self.pond = Pond.objects.get(pk=1)
        return not self.pond.closed

    def post(self, request):
        self.pond.trout -= 1
        self.pond.save(update_fields=["trout"])  # expect: lost-update
        return redirect("pond")


@method_decorator(transaction.atomic, name="dispatch")
class WardenView(UpdateView):
    model = Pond
    fields = ["name"]

    def get_queryset(self):
        return Pond.objects.select_for_update()

    def form_valid(self, form):
        pond = form.save(commit=False)
        pond.trout += 1
        pond.save()
        return redirect("pond")


class ColdWardenView(UpdateView):
    """No transaction around it: the lock is none."""

    model = Pond
    fields = ["name"]

    def get_queryset(self):
        return Pond.objects.select_for_update()

    def form_valid(self, form):
        pond = form.save(commit=False)
        pond.trout += 1
        pond.save()  # expect: lock-outside-transaction
        return redirect("pond")


@method_decorator([never_cache, transaction.atomic], name="post")
class CountView(View):
    def post(self, request, pk):
        pond = Pond.objects.select_for_update().get(pk=pk)
        pond.trout -= 1
        pond.save(update_fields=["trout"])
        return JsonResponse({"trout": pond.trout})


class RecountView(View):
    @method_decorator(transaction.atomic)
    def post(self, request, pk):
        pond = Pond.objects.select_for_update().get(pk=pk)
        pond.trout -= 1
        pond.save(update_fields=["trout"])
        return JsonResponse({"trout": pond.trout})


def with_pond(view):
    """Locks the pond that the path names for as long as the view runs."""

    @wraps(view)
    def inner(request, pk, *args, **kwargs):
        with transaction.atomic():
            Pond.objects.select_for_update().get(pk=pk)
            return view(request, pk, *args, **kwargs)

    return inner


@method_decorator(with_pond, name="dispatch")
class HatcheryView(View):
    def post(self, request, pk):
        pond = Pond.objects.get(pk=pk)
        pond.trout += int(request.POST["trout"])
        pond.save(update_fields=["trout"])
        return redirect("pond")


class DayTicketSerializer(serializers.ModelSerializer):
    class Meta:
        model = DayTicket
        fields = ["id", "day"]


class DayTicketViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = DayTicketSerializer
    queryset = DayTicket.objects.all()

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if DayTicket.objects.filter(angler_name=request.user.username).exists():
            raise PermissionDenied

    def perform_create(self, serializer):
        serializer.save(angler_name=self.request.user.username)  # expect: check-then-create
