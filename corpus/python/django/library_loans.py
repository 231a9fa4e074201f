"""Library: copies, holds, fines. Generic views and forms."""
from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import models, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views import View
from django.views.generic import FormView
from django.views.generic.detail import SingleObjectMixin

logger = logging.getLogger(__name__)
MAX_LOANS = 8


class Patron(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    fines_cents = models.IntegerField(default=0)
    preferences = models.JSONField(default=dict)

    class Meta:
        app_label = "library"


class Copy(models.Model):
    ON_SHELF, ON_LOAN, LOST = "shelf", "loan", "lost"
    barcode = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=8, default=ON_SHELF)
    borrower = models.ForeignKey(Patron, null=True, on_delete=models.SET_NULL, related_name="copies")
    due = models.DateField(null=True)
    renewals = models.IntegerField(default=0)

    class Meta:
        app_label = "library"


class Hold(models.Model):
    title = models.CharField(max_length=200)
    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="holds")
    position = models.IntegerField()

    class Meta:
        app_label = "library"


class LibraryError(Exception):
    pass


# case: id=py-dj-1020 label=race rule=check-then-act tier=1 note=status tested on the instance, saved with update_fields
def check_out(barcode: str, patron: Patron) -> Copy:
    copy = Copy.objects.get(barcode=barcode)
    if copy.status != Copy.ON_SHELF:
        raise LibraryError(f"{barcode} is not on the shelf")
    copy.status = Copy.ON_LOAN
    copy.borrower = patron
    copy.due = timezone.localdate() + timedelta(days=21)
    copy.save(update_fields=["status", "borrower", "due"])  # expect: check-then-act
    return copy


# case: id=py-dj-1021 label=safe tier=1 note=the lock is the read
def check_out_locked(barcode: str, patron: Patron) -> Copy:
    with transaction.atomic():
        copy = Copy.objects.select_for_update().get(barcode=barcode)
        if copy.status != Copy.ON_SHELF:
            raise LibraryError(f"{barcode} is not on the shelf")
        copy.status = Copy.ON_LOAN
        copy.borrower = patron
        copy.save(update_fields=["status", "borrower"])
    return copy


class RenewView(LoginRequiredMixin, SingleObjectMixin, View):
    model = Copy

    # case: id=py-dj-1022 label=race rule=lost-update tier=2 note=generic view object, renewals counted in Python
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        copy = self.get_object()
        if copy.renewals >= 3:
            return HttpResponse("no renewals left", status=409)
        copy.renewals = copy.renewals + 1
        copy.due = copy.due + timedelta(days=21)
        copy.save(update_fields=["renewals", "due"])  # expect: lost-update
        return HttpResponseRedirect("/loans/")


class RenewLockedView(LoginRequiredMixin, SingleObjectMixin, View):
    model = Copy

    def get_queryset(self) -> models.QuerySet[Copy]:
        return Copy.objects.select_for_update().filter(borrower__user=self.request.user)

    # case: id=py-dj-1023 label=safe tier=3 note=get_object goes through the locking get_queryset, inside atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            copy = self.get_object()
            if copy.renewals >= 3:
                return HttpResponse("no renewals left", status=409)
            copy.renewals += 1
            copy.due += timedelta(days=21)
            copy.save(update_fields=["renewals", "due"])
        return HttpResponseRedirect("/loans/")


class FinePaymentForm(forms.Form):
    cents = forms.IntegerField(min_value=1)

    def __init__(self, *args: Any, patron: Patron, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patron = patron

    def clean_cents(self) -> int:
        cents = self.cleaned_data["cents"]
        if cents > self.patron.fines_cents:
            raise forms.ValidationError("more than is owed")
        return cents


class PayFineView(LoginRequiredMixin, FormView):
    form_class = FinePaymentForm
    template_name = "library/pay.html"
    success_url = "/patron/"

    def get_form_kwargs(self) -> dict[str, Any]:
        patron = get_object_or_404(Patron, user=self.request.user)
        return {**super().get_form_kwargs(), "patron": patron}

    # case: id=py-dj-1024 label=race rule=check-then-act|unconditional-update tier=3 note=limit tested in the form's clean, atomic decrement without it here
    def form_valid(self, form: FinePaymentForm) -> HttpResponse:
        cents = form.cleaned_data["cents"]
        Patron.objects.filter(pk=form.patron.pk).update(fines_cents=F("fines_cents") - cents)  # expect: check-then-act|unconditional-update
        return super().form_valid(form)


class PayFineGuardedView(PayFineView):
    # case: id=py-dj-1025 label=safe tier=3 note=override repeats the form's test in the filter and reports its count
    def form_valid(self, form: FinePaymentForm) -> HttpResponse:
        cents = form.cleaned_data["cents"]
        paid = Patron.objects.filter(pk=form.patron.pk, fines_cents__gte=cents).update(
            fines_cents=F("fines_cents") - cents
        )
        if not paid:
            form.add_error("cents", "the fine has changed meanwhile")
            return self.form_invalid(form)
        return HttpResponseRedirect(self.success_url)


# case: id=py-dj-1026 label=race rule=check-then-create|lost-update tier=1 note=max plus one as queue position, no uniqueness
def place_hold(patron: Patron, title: str) -> Hold:
    last = Hold.objects.filter(title=title).aggregate(top=models.Max("position"))["top"] or 0
    return Hold.objects.create(title=title, patron=patron, position=last + 1)  # expect: check-then-create|lost-update


# case: id=py-dj-1027 label=race rule=check-then-act|check-then-create tier=2 note=holds counted against a limit, then one more row
@transaction.atomic
def place_hold_limited(patron: Patron, title: str, position: int) -> Hold:
    open_holds = patron.holds.count()
    if open_holds >= MAX_LOANS:
        raise LibraryError("too many holds")
    return patron.holds.create(title=title, position=position)  # expect: check-then-act|check-then-create


# case: id=py-dj-1028 label=safe tier=2 note=the patron's row is locked first and protects the counted children
@transaction.atomic
def place_hold_under_patron_lock(patron_id: int, title: str, position: int) -> Hold:
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    if patron.holds.count() >= MAX_LOANS:
        raise LibraryError("too many holds")
    return patron.holds.create(title=title, position=position)


# case: id=py-dj-1029 label=race rule=lost-update tier=1 note=JSON field changed in place and saved, update_fields is no guard
def remember_preference(user_id: int, key: str, value: Any) -> None:
    patron = Patron.objects.get(user_id=user_id)
    patron.preferences[key] = value
    patron.save(update_fields=["preferences"])  # expect: lost-update


# case: id=py-dj-1030 label=safe tier=2 note=blind set with update_fields, nothing depends on the read
def mark_lost(barcode: str) -> JsonResponse:
    copy = get_object_or_404(Copy, barcode=barcode)
    copy.status = Copy.LOST
    copy.save(update_fields=["status"])
    logger.info("copy %s of %s marked lost", copy.barcode, copy.title)
    return JsonResponse({"barcode": copy.barcode})
