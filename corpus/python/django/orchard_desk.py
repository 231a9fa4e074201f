"""An orchard: forms that fill rows, lists in the admin, views that ask for a right, a ledger that follows."""
from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.db import IntegrityError, models, transaction
from django.db.models import F, Max, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.views import View
from django.views.generic import CreateView
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Row(models.Model):
    name = models.CharField(max_length=20)
    fee = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    state = models.CharField(max_length=12, default="open")
    keeper = models.ForeignKey("auth.User", null=True, on_delete=models.SET_NULL)

    class Meta:
        app_label = "orchard"


class Request_(models.Model):
    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="requests")
    email = models.EmailField()
    place = models.IntegerField(default=0)

    class Meta:
        app_label = "orchard"


class Payment(models.Model):
    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="payments")
    amount = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        app_label = "orchard"


class Keyholder(models.Model):
    row = models.ForeignKey(Row, on_delete=models.CASCADE)
    email = models.EmailField()

    class Meta:
        app_label = "orchard"
        constraints = [models.UniqueConstraint(fields=["row", "email"], name="one_key_each")]


class AskForm(forms.ModelForm):
    class Meta:
        model = Request_
        fields = ["row", "email"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if Request_.objects.filter(row=data["row"], email=data["email"]).exists():
            self.add_error("email", "You have asked for this row.")
        return data


class KeyForm(forms.ModelForm):
    class Meta:
        model = Keyholder
        fields = ["row", "email"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if Keyholder.objects.filter(row=data["row"], email=data["email"]).exists():
            raise forms.ValidationError("There is a key for you.")
        return data


# case: the form has looked, the row that it has filled is saved later
def ask(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    wish = form.save(commit=False)
    wish.place = 1
    wish.save()  # expect: check-then-create
    return redirect("rows")


# case: what the form has filled is unique, and the conflict is looked at
def ask_for_key(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    key = form.save(commit=False)
    try:
        key.save()
    except IntegrityError:
        return HttpResponse(status=409)
    return redirect("rows")


class Ask(CreateView):
    form_class = AskForm

    # case: the same in a view of classes
    def form_valid(self, form: AskForm) -> HttpResponse:
        wish = form.save(commit=False)
        wish.place = 1
        wish.save()  # expect: check-then-create
        return HttpResponseRedirect("/rows/")


class PlainAskForm(forms.ModelForm):
    class Meta:
        model = Request_
        fields = ["row", "email"]


class AskInLine(CreateView):
    form_class = PlainAskForm

    # case: the next number, put on the form's own row
    def form_valid(self, form: PlainAskForm) -> HttpResponse:
        row = form.cleaned_data["row"]
        last = row.requests.order_by("-place").first()
        form.instance.place = last.place + 1 if last else 1
        return super().form_valid(form)  # expect: check-then-create


class AskWithLimit(CreateView):
    form_class = PlainAskForm

    # case: a full row is an error of the form's
    def form_valid(self, form: PlainAskForm) -> HttpResponse:
        row = Row.objects.get(pk=self.kwargs["row"])
        if row.requests.count() >= 10:
            form.add_error(None, "There are enough.")
            return self.form_invalid(form)
        form.instance.row = row
        return super().form_valid(form)  # expect: check-then-act


class GiveBack(LoginRequiredMixin, UserPassesTestMixin, View):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.row = get_object_or_404(Row, pk=kwargs["pk"])

    def test_func(self) -> bool:
        return self.row.state == "let" and self.row.keeper == self.request.user

    # case: whether it may be done was asked before
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.row.state = "open"
        self.row.keeper = None
        self.row.save(update_fields=["state", "keeper"])  # expect: check-then-act
        Request_.objects.filter(row=self.row, place=1).delete()
        return redirect("rows")


@admin.register(Row)
class RowAdmin(admin.ModelAdmin):
    actions = ["raise_fee", "raise_in_store", "close"]

    # case: the chosen rows, each with what it had
    def raise_fee(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            row.fee += 12
            row.save(update_fields=["fee"])  # expect: lost-update

    # case: left to the store
    def raise_in_store(self, request: HttpRequest, queryset: Any) -> None:
        done = queryset.filter(state="let").update(fee=F("fee") + 12)
        self.message_user(request, f"{done} rows")

    # case: chosen rows, of which some are let
    @admin.action(description="Close")
    def close(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            if row.state == "let":
                row.state = "closed"
                row.save(update_fields=["state"])  # expect: check-then-act
                Request_.objects.create(row=row, email="office@example.com")


class PaymentAdmin(admin.ModelAdmin):
    # case: registered beside it
    def halve(self, request: HttpRequest, queryset: Any) -> None:
        for payment in queryset:
            payment.amount = payment.amount / 2
            payment.save(update_fields=["amount"])  # expect: lost-update


admin.site.register(Payment, PaymentAdmin)


# case: rows of a model that the annotation names
def remit(rows: QuerySet[Row], share: int) -> None:
    for row in rows.filter(state="let"):
        row.fee -= row.fee * share / 100
        row.save(update_fields=["fee"])  # expect: lost-update


# case: what follows a payment is worked out from the row to which it leads
@receiver(post_save, sender=Payment)
def book(sender: type, instance: Payment, created: bool, **kwargs: Any) -> None:
    if created:
        row = instance.row
        row.fee -= instance.amount
        row.save(update_fields=["fee"])  # expect: lost-update


# case: left to the store
@receiver(post_save, sender=Payment)
def book_in_store(sender, instance, created, **kwargs):
    if created:
        Row.objects.filter(pk=instance.row_id).update(fee=F("fee") + instance.amount)


# case: without a type, the decorator tells which row it is
@receiver(post_save, sender=Payment)
def book_again(sender, instance, created, **kwargs):
    row = instance.row
    row.fee -= instance.amount
    row.save(update_fields=["fee"])  # expect: lost-update


class KeyRequest(serializers.Serializer):
    row = serializers.PrimaryKeyRelatedField(queryset=Row.objects.all())
    email = serializers.EmailField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if Keyholder.objects.filter(row=attrs["row"], email=attrs["email"]).exists():
            raise serializers.ValidationError("There is a key for you.")
        return attrs


class KeyView(APIView):
    # case: what comes in are the declared fields and nothing else, which together are unique
    def post(self, request: Request) -> Response:
        form = KeyRequest(data=request.data)
        form.is_valid(raise_exception=True)
        key, created = Keyholder.objects.get_or_create(**form.validated_data)
        if not created:
            return Response(status=status.HTTP_409_CONFLICT)
        return Response({"id": key.pk}, status=status.HTTP_201_CREATED)


class WishRequest(serializers.Serializer):
    row = serializers.PrimaryKeyRelatedField(queryset=Row.objects.all())
    email = serializers.EmailField()
    note = serializers.CharField(required=False, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if Request_.objects.filter(row=attrs["row"], email=attrs["email"]).exists():
            raise serializers.ValidationError("You have asked.")
        return attrs


class WishView(APIView):
    # case: nothing makes these unique
    def post(self, request: Request) -> Response:
        form = WishRequest(data=request.data)
        form.is_valid(raise_exception=True)
        form.validated_data.pop("note", None)
        wish, _ = Request_.objects.get_or_create(**form.validated_data)  # expect: check-then-create
        return Response({"id": wish.pk})


# case: the biggest number and one more
@transaction.atomic
def queue_up(row: int, email: str) -> Request_:
    place = Request_.objects.filter(row_id=row).aggregate(last=Max("place"))["last"] or 0
    return Request_.objects.create(row_id=row, email=email, place=place + 1)  # expect: check-then-create
