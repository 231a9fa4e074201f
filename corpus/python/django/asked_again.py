"""A treasure hunt: guesses are looked at before the riddle is locked, and again under its lock."""
from __future__ import annotations

from celery import shared_task
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404


class Riddle(models.Model):
    tries = models.IntegerField(default=3)
    title = models.CharField(max_length=40)

    class Meta:
        app_label = "hunt"


class Guess(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    riddle = models.ForeignKey(Riddle, on_delete=models.CASCADE)
    right = models.BooleanField(default=False)
    text = models.CharField(max_length=40)

    class Meta:
        app_label = "hunt"


def may_guess(riddle: Riddle, user: User) -> bool:
    solved = Guess.objects.filter(riddle=riddle, user=user, right=True).exists()
    wrong = Guess.objects.filter(riddle=riddle, user=user, right=False)
    return not solved and wrong.count() < riddle.tries


# case: the first look is a shortcut, the second one is made under the lock
def guess(request: HttpRequest, pk: int) -> JsonResponse:
    riddle = get_object_or_404(Riddle, pk=pk)
    open_for_them = may_guess(riddle, request.user)
    if request.method != "POST" or not open_for_them:
        raise PermissionDenied
    with transaction.atomic():
        riddle = Riddle.objects.select_for_update().get(pk=riddle.pk)
        if not may_guess(riddle, request.user):
            raise PermissionDenied
        made = Guess(text=request.POST["text"], user=request.user, riddle=riddle)
        made.save()
    return JsonResponse({"id": made.pk})


# case: the lock is taken, but nobody looks again
def guess_once(request: HttpRequest, pk: int) -> JsonResponse:
    riddle = get_object_or_404(Riddle, pk=pk)
    if Guess.objects.filter(riddle=riddle, user=request.user, right=True).exists():
        raise PermissionDenied
    with transaction.atomic():
        riddle = Riddle.objects.select_for_update().get(pk=riddle.pk)
        made = Guess(text=request.POST["text"], user=request.user, riddle=riddle)
        made.save()  # expect: read-before-lock
    return JsonResponse({"id": made.pk})


# case: something else is looked for under the lock
def guess_right(request: HttpRequest, pk: int) -> JsonResponse:
    riddle = get_object_or_404(Riddle, pk=pk)
    if Guess.objects.filter(user=request.user, text=request.POST["text"]).exists():
        raise PermissionDenied
    with transaction.atomic():
        riddle = Riddle.objects.select_for_update().get(pk=riddle.pk)
        if Guess.objects.filter(riddle=riddle, user=request.user, right=True).exists():
            raise PermissionDenied
        made = Guess(text=request.POST["text"], user=request.user, riddle=riddle)
        made.save()  # expect: check-then-create
    return JsonResponse({"id": made.pk})


class Rebuild(models.Model):
    status = models.CharField(max_length=10, default="running")
    starts = models.IntegerField(default=0)
    problem = models.TextField(default="")

    class Meta:
        app_label = "hunt"


def may_start(pk: int) -> tuple[bool, str]:
    with transaction.atomic():
        rebuild = Rebuild.objects.select_for_update().get(pk=pk)
        if rebuild.status != "running":
            return False, "it has ended"
        rebuild.starts += 1
        rebuild.save()
        return True, ""


def finish(pk: int, status: str, problem: str = "") -> bool:
    with transaction.atomic():
        rebuild = Rebuild.objects.select_for_update().get(pk=pk)
        if rebuild.status in ("done", "failed"):
            return False
        rebuild.status = status
        rebuild.problem = problem
        rebuild.save()
        return True


# case: each step locks the row and looks at its state anew
@shared_task
def rebuild_board(pk: int) -> None:
    may, why = may_start(pk)
    if not may:
        finish(pk, "failed", why)
        return
    finish(pk, "done")


# case: the state is looked at under the first lock only
@shared_task
def rebuild_blindly(pk: int) -> None:
    may, why = may_start(pk)
    if not may:
        return
    with transaction.atomic():
        rebuild = Rebuild.objects.select_for_update().get(pk=pk)
        rebuild.status = "done"
        rebuild.save()  # expect: read-before-lock
