"""A museum: models that put their columns in order at every save."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Sum
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_POST


class Exhibit(models.Model):
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140)
    code = models.CharField(max_length=12)
    shown = models.BooleanField(default=False)

    class Meta:
        app_label = "exhibits"

    # case: what every save works out from the row itself loses nothing that the whole row doesn't lose
    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = slugify(self.title)
        self.code = self.code.strip().upper()
        super().save(*args, **kwargs)


# case: the whole row goes back, and with it the title that somebody else has changed
@require_POST
def show(request: HttpRequest, pk: int) -> JsonResponse:
    exhibit = get_object_or_404(Exhibit, pk=pk)
    exhibit.shown = True
    exhibit.save()  # expect: stale-overwrite
    return JsonResponse({"slug": exhibit.slug})


# case: the same, and the old title is named as the new one
@require_POST
def touch(request: HttpRequest, pk: int) -> JsonResponse:
    exhibit = get_object_or_404(Exhibit, pk=pk)
    exhibit.title = exhibit.title
    exhibit.save()  # expect: stale-overwrite
    return JsonResponse({"slug": exhibit.slug})


# case: one column alone is put into another form: who has changed it in between has changed it in vain
@require_POST
def tidy(request: HttpRequest, pk: int) -> JsonResponse:
    exhibit = get_object_or_404(Exhibit, pk=pk)
    Exhibit.objects.filter(pk=pk).update(title=exhibit.title.strip())  # expect: lost-update
    return JsonResponse({"id": pk})


@require_POST
def rename(request: HttpRequest, pk: int) -> JsonResponse:
    exhibit = get_object_or_404(Exhibit, pk=pk)
    exhibit.title = request.POST["title"]
    exhibit.code = request.POST["code"]
    exhibit.save(update_fields=["title", "slug", "code"])
    return JsonResponse({"slug": exhibit.slug})


class Sheet(models.Model):
    note = models.TextField(blank=True)
    edition = models.IntegerField(default=1)

    class Meta:
        app_label = "exhibits"

    # case: a number that every save moves on is no form of what it was
    def save(self, *args: Any, **kwargs: Any) -> None:
        self.edition = self.edition + 1
        super().save(*args, **kwargs)  # expect: lost-update


@require_POST
def annotate(request: HttpRequest, pk: int) -> JsonResponse:
    sheet = get_object_or_404(Sheet, pk=pk)
    sheet.note = request.POST["note"]
    sheet.save()  # expect: stale-overwrite
    return JsonResponse({"edition": sheet.edition})


class Offer(models.Model):
    title = models.CharField(max_length=80)
    paid = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))
    due = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))

    class Meta:
        app_label = "exhibits"

    # case: worked out from rows of another table as well, it is older than they are when it is written
    def save(self, *args: Any, **kwargs: Any) -> None:
        total = self.lines.aggregate(total=Sum("amount"))["total"] or Decimal(0)
        self.due = total - self.paid
        super().save(*args, **kwargs)  # expect: lost-update


class OfferLine(models.Model):
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="lines")
    amount = models.DecimalField(max_digits=9, decimal_places=2)

    class Meta:
        app_label = "exhibits"


@require_POST
def pay(request: HttpRequest, pk: int) -> JsonResponse:
    offer = get_object_or_404(Offer, pk=pk)
    offer.paid = Decimal(request.POST["paid"])
    offer.save(update_fields=["paid"])
    return JsonResponse({"id": pk})


@require_POST
def retitle(request: HttpRequest, pk: int) -> JsonResponse:
    offer = get_object_or_404(Offer, pk=pk)
    offer.title = request.POST["title"]
    offer.save()  # expect: stale-overwrite
    return JsonResponse({"due": str(offer.due)})
