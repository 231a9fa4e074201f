"""A florist's gift cards: a row that stands at the end of a chain of operands."""
from __future__ import annotations

from django.db import models
from django.db.models import F
from django.http import HttpRequest, JsonResponse


class Bouquet(models.Model):
    stems = models.IntegerField(default=0)

    class Meta:
        app_label = "florist"


class GiftCard(models.Model):
    code = models.CharField(max_length=20, unique=True)
    bouquet = models.ForeignKey(Bouquet, null=True, on_delete=models.SET_NULL)

    class Meta:
        app_label = "florist"


# case: the card's bouquet, if there is a card
def take(request: HttpRequest, code: str) -> JsonResponse:
    card = GiftCard.objects.filter(code=code).first()
    bouquet = card and card.bouquet
    if bouquet:
        bouquet.stems -= 1
        bouquet.save(update_fields=["stems"])  # expect: lost-update
    return JsonResponse({"taken": bool(bouquet)})


# case: the same, with the store computing
def take_safely(request: HttpRequest, code: str) -> JsonResponse:
    card = GiftCard.objects.filter(code=code).first()
    bouquet = card and card.bouquet
    if bouquet:
        bouquet.stems = F("stems") + 1
        bouquet.save(update_fields=["stems"])
    return JsonResponse({"taken": bool(bouquet)})


def bouquet_of(code: str) -> Bouquet | None:
    card = GiftCard.objects.filter(code=code).first()
    return card and card.bouquet


# case: given back by a helper
def put_back(request: HttpRequest, code: str) -> JsonResponse:
    bouquet = bouquet_of(code)
    if bouquet is None:
        return JsonResponse({}, status=404)
    bouquet.stems += 1
    bouquet.save(update_fields=["stems"])  # expect: lost-update
    return JsonResponse({"stems": bouquet.stems})


# case: the old way to choose one of two
def fill_up(request: HttpRequest, code: str) -> JsonResponse:
    card = GiftCard.objects.filter(code=code).first()
    bouquet = card and card.bouquet or None
    if bouquet:
        bouquet.stems += 10
        bouquet.save(update_fields=["stems"])  # expect: lost-update
    return JsonResponse({})
