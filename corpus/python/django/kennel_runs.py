"""A boarding kennel: runs that stand empty are given to dogs, and sponsored runs are opened once they are paid for."""
from __future__ import annotations

from django.db import models
from django.db.models import F
from django.http import HttpRequest, JsonResponse


class Wing(models.Model):
    name = models.CharField(max_length=30)

    class Meta:
        app_label = "kennel"


class Dog(models.Model):
    chip = models.CharField(max_length=20, unique=True)
    wing = models.ForeignKey(Wing, on_delete=models.PROTECT, related_name="dogs")

    class Meta:
        app_label = "kennel"


class Run(models.Model):
    wing = models.ForeignKey(Wing, on_delete=models.CASCADE, related_name="runs")
    dog = models.ForeignKey(Dog, null=True, on_delete=models.SET_NULL, related_name="+")
    asleep = models.BooleanField(default=False)

    class Meta:
        app_label = "kennel"


class Appeal(models.Model):
    given = models.IntegerField(default=0)
    needed = models.IntegerField()
    state = models.CharField(max_length=10, default="open")

    class Meta:
        app_label = "kennel"


# case: two dogs of one wing are given the same run
def move_in(request: HttpRequest, chip: str) -> JsonResponse:
    dog = Dog.objects.select_related("wing").get(chip=chip)
    run = dog.wing.runs.filter(dog=None).order_by("pk").first()
    if run is None:
        return JsonResponse({"run": None}, status=409)
    run.dog = dog
    run.save(update_fields=["dog"])  # expect: check-then-act
    return JsonResponse({"run": run.pk})


# case: the run is given only while it is empty
def move_in_once(request: HttpRequest, chip: str) -> JsonResponse:
    dog = Dog.objects.select_related("wing").get(chip=chip)
    for run in dog.wing.runs.filter(dog=None).order_by("pk"):
        if Run.objects.filter(pk=run.pk, dog=None).update(dog=dog):
            return JsonResponse({"run": run.pk})
    return JsonResponse({"run": None}, status=409)


def give(request: HttpRequest, appeal_id: int) -> JsonResponse:
    Appeal.objects.filter(pk=appeal_id).update(given=F("given") + int(request.POST["coins"]))
    return JsonResponse({})


def raise_goal(request: HttpRequest, appeal_id: int) -> JsonResponse:
    Appeal.objects.filter(pk=appeal_id, state="open").update(needed=F("needed") + int(request.POST["by"]))
    return JsonResponse({})


# case: both columns of the test are compared again by the database
def close(request: HttpRequest, appeal_id: int) -> JsonResponse:
    appeal = Appeal.objects.get(pk=appeal_id)
    if appeal.given < appeal.needed:
        return JsonResponse({"closed": False})
    paid = Appeal.objects.filter(pk=appeal_id, state="open", given__gte=F("needed"))
    return JsonResponse({"closed": paid.update(state="paid") == 1})
