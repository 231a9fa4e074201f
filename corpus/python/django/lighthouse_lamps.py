"""Lamps of lighthouses: whoever finds one lit already is answered like whoever lights it, or is not."""

from django.db import models
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect


class Lamp(models.Model):
    name = models.CharField(max_length=40)
    lit = models.BooleanField(default=False)
    oiled = models.BooleanField(default=False)


def light(request, pk):
    lamp = get_object_or_404(Lamp, pk=pk)
    if lamp.lit:
        return JsonResponse({"lamp": pk, "lit": True})
    lamp.lit = True
    lamp.save(update_fields=["lit"])
    return JsonResponse({"lamp": pk, "lit": True})


def light_first(request, pk):
    """Who comes first is told that it was them."""
    lamp = get_object_or_404(Lamp, pk=pk)
    if lamp.lit:
        return JsonResponse({"lamp": pk, "first": False})
    lamp.lit = True
    lamp.save(update_fields=["lit"])  # expect: check-then-act
    return JsonResponse({"lamp": pk, "first": True})


def light_named(request, pk):
    """The same with one answer that is changed on the way."""
    lamp = get_object_or_404(Lamp, pk=pk)
    answer = {"lamp": pk, "first": False}
    if lamp.lit:
        return JsonResponse(answer)
    lamp.lit = True
    lamp.save(update_fields=["lit"])  # expect: check-then-act
    answer["first"] = True
    return JsonResponse(answer)


def oil(request, pk):
    lamp = get_object_or_404(Lamp, pk=pk)
    if lamp.oiled:
        return redirect("lamps")
    lamp.oiled = True
    lamp.save(update_fields=["oiled"])
    return redirect("lamps")


def oil_quietly(request, pk):
    lamp = get_object_or_404(Lamp, pk=pk)
    if lamp.oiled:
        return HttpResponse(status=204)
    lamp.oiled = True
    lamp.save(update_fields=["oiled"])
    return HttpResponse(status=204)


def oil_once(request, pk):
    """The number of the answer tells who was first."""
    lamp = get_object_or_404(Lamp, pk=pk)
    if lamp.oiled:
        return HttpResponse(status=409)
    lamp.oiled = True
    lamp.save(update_fields=["oiled"])  # expect: check-then-act
    return HttpResponse(status=204)


def oil_and_pay(request, pk, keeper):
    """Answered alike, but the keeper is paid for being first."""
    lamp = get_object_or_404(Lamp, pk=pk)
    if lamp.oiled:
        return {}
    lamp.oiled = True
    lamp.save(update_fields=["oiled"])  # expect: check-then-act
    Wage.objects.create(keeper=keeper, lamp=lamp)
    return {}


class Wage(models.Model):
    keeper = models.CharField(max_length=40)
    lamp = models.ForeignKey(Lamp, on_delete=models.CASCADE)


def snuff(request, pk):
    lamp = get_object_or_404(Lamp, pk=pk)
    if not lamp.lit:
        return {"lamps": ["out", pk]}, 200
    lamp.lit = False
    lamp.save(update_fields=["lit"])
    return {"lamps": ["out", pk]}, 200
