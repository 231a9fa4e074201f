"""Supplier master data: forms, generic views, JSON columns and who writes which column."""
from __future__ import annotations

import copy
import logging
from typing import Any

from celery import shared_task
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.generic import FormView

logger = logging.getLogger(__name__)


class Supplier(models.Model):
    name = models.CharField(max_length=120)
    email = models.EmailField()
    phone = models.CharField(max_length=30, blank=True)
    credit_cents = models.IntegerField(default=0)
    blocked = models.BooleanField(default=False)
    certificates = models.JSONField(default=list)
    terms = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "suppliers"

    # case: id=py-dj-2040 label=race rule=lost-update tier=3 note=saves itself by default, refund_supplier calls it on an unlocked row (caller refund_supplier)
    def add_credit(self, cents: int, save: bool = True) -> None:
        self.credit_cents += cents
        if save:
            self.save(update_fields=["credit_cents"])  # expect: lost-update

    # case: id=py-dj-2041 label=safe tier=3 note=saves itself, both callers hold the row lock
    def charge(self, cents: int) -> bool:
        if self.blocked or self.credit_cents < cents:
            return False
        self.credit_cents -= cents
        self.save(update_fields=["credit_cents"])
        return True


class ContactForm(forms.Form):
    name = forms.CharField(max_length=120)
    email = forms.EmailField()
    phone = forms.CharField(max_length=30, required=False)


class SupplierForm(forms.ModelForm):
    class Meta:
        model = Supplier
        fields = ["name", "email"]


# case: id=py-dj-2042 label=race rule=stale-overwrite tier=1 note=contact set from the form, every column saved
@require_POST
def edit_contact(request: HttpRequest, pk: int) -> HttpResponse:
    supplier = get_object_or_404(Supplier, pk=pk)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return render(request, "suppliers/edit.html", {"form": form}, status=400)
    supplier.name = form.cleaned_data["name"]
    supplier.email = form.cleaned_data["email"]
    supplier.phone = form.cleaned_data["phone"]
    supplier.save()  # expect: stale-overwrite
    return redirect("supplier", pk=pk)


# case: id=py-dj-2043 label=safe tier=1 note=the same with the columns named
@require_POST
def edit_contact_columns(request: HttpRequest, pk: int) -> HttpResponse:
    supplier = get_object_or_404(Supplier, pk=pk)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return render(request, "suppliers/edit.html", {"form": form}, status=400)
    supplier.name = form.cleaned_data["name"]
    supplier.email = form.cleaned_data["email"]
    supplier.save(update_fields=["name", "email"])
    return redirect("supplier", pk=pk)


class PhoneView(LoginRequiredMixin, FormView):
    form_class = ContactForm
    template_name = "suppliers/phone.html"

    # case: id=py-dj-2044 label=race rule=stale-overwrite tier=2 note=form_valid of a generic view sets fields in a loop, whole save
    def form_valid(self, form: ContactForm) -> HttpResponse:
        supplier = Supplier.objects.get(pk=self.kwargs["pk"])
        for field, value in form.cleaned_data.items():
            if field != "email":
                setattr(supplier, field, value)
        supplier.save()  # expect: stale-overwrite
        return redirect("supplier", pk=supplier.pk)


class PhoneColumnsView(LoginRequiredMixin, FormView):
    form_class = ContactForm
    template_name = "suppliers/phone.html"

    # case: id=py-dj-2045 label=safe tier=2 note=form_valid writes constants by a queryset update
    def form_valid(self, form: ContactForm) -> HttpResponse:
        supplier = get_object_or_404(Supplier, pk=self.kwargs["pk"])
        Supplier.objects.filter(pk=supplier.pk).update(phone=form.cleaned_data["phone"])
        return redirect("supplier", pk=supplier.pk)


# case: id=py-dj-2046 label=race rule=stale-overwrite tier=2 note=model form with commit=False, then the whole instance saved
@require_POST
def edit_by_model_form(request: HttpRequest, pk: int) -> HttpResponse:
    supplier = get_object_or_404(Supplier, pk=pk)
    form = SupplierForm(request.POST, instance=supplier)
    if form.is_valid():
        edited = form.save(commit=False)
        edited.checked_at = timezone.now()
        edited.save()  # expect: stale-overwrite
    return redirect("supplier", pk=pk)


# case: id=py-dj-2047 label=race rule=lost-update tier=1 note=list column appended in place
def add_certificate(pk: int, certificate: dict[str, str]) -> None:
    supplier = Supplier.objects.get(pk=pk)
    supplier.certificates.append(certificate)
    supplier.save(update_fields=["certificates"])  # expect: lost-update


# case: id=py-dj-2048 label=race rule=lost-update tier=2 note=mapping column copied, a key popped, the copy assigned back
def drop_term(pk: int, key: str) -> Any:
    supplier = Supplier.objects.get(pk=pk)
    terms = copy.deepcopy(supplier.terms)
    dropped = terms.pop(key, None)
    if dropped is not None:
        supplier.terms = terms
        supplier.save(update_fields=["terms"])  # expect: lost-update
    return dropped


# case: id=py-dj-2049 label=race rule=lost-update tier=2 note=merged mapping written by a queryset update
def merge_terms(pk: int, extra: dict[str, Any]) -> None:
    terms = Supplier.objects.values_list("terms", flat=True).get(pk=pk)
    merged = {**terms, **extra}
    Supplier.objects.filter(pk=pk).update(terms=merged)  # expect: lost-update


# case: id=py-dj-2050 label=safe tier=2 note=same merge under the row lock
@transaction.atomic
def merge_terms_locked(pk: int, extra: dict[str, Any]) -> dict[str, Any]:
    supplier = Supplier.objects.select_for_update().only("terms").get(pk=pk)
    supplier.terms = {**supplier.terms, **extra}
    supplier.save(update_fields=["terms"])
    return supplier.terms


# case: id=py-dj-2051 label=safe tier=2 note=mapping replaced by one from outside, the read only answers 404
def replace_terms(request: HttpRequest, pk: int) -> JsonResponse:
    supplier = get_object_or_404(Supplier, pk=pk)
    terms = {"days": int(request.POST["days"]), "discount": request.POST.get("discount", "0")}
    Supplier.objects.filter(pk=supplier.pk).update(terms=terms)
    return JsonResponse(terms)


@shared_task
def refund_supplier(pk: int, cents: int) -> None:
    supplier = Supplier.objects.get(pk=pk)
    supplier.add_credit(cents)
    logger.info("refunded %d to %s", cents, supplier.name)


# case: id=py-dj-2052 label=race rule=lost-update tier=3 note=model method with save=False changes the row, it is saved here
def refund_and_unblock(pk: int, cents: int) -> None:
    supplier = Supplier.objects.get(pk=pk)
    supplier.add_credit(cents, save=False)
    supplier.blocked = False
    supplier.save(update_fields=["credit_cents", "blocked"])  # expect: lost-update


# case: id=py-dj-2053 label=safe tier=3 note=model method with save=False on a locked row
def refund_and_unblock_locked(pk: int, cents: int) -> None:
    with transaction.atomic():
        supplier = Supplier.objects.select_for_update().get(pk=pk)
        supplier.add_credit(cents, save=False)
        supplier.blocked = False
        supplier.save(update_fields=["credit_cents", "blocked"])


@shared_task
def charge_supplier(pk: int, cents: int) -> bool:
    with transaction.atomic():
        return Supplier.objects.select_for_update().get(pk=pk).charge(cents)


@transaction.atomic
def charge_many(pks: list[int], cents: int) -> list[int]:
    rows = Supplier.objects.filter(pk__in=pks).order_by("pk").select_for_update()
    return [supplier.pk for supplier in rows if supplier.charge(cents)]
