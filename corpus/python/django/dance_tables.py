"""A dance hall: tables that are found by their state alone, and taken for whoever asks."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.http import HttpRequest, JsonResponse


class HallTable(models.Model):
    state = models.CharField(max_length=10, default="open")
    mail = models.CharField(max_length=80, blank=True)
    guest = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="hosted", on_delete=models.CASCADE
    )

    class Meta:
        app_label = "dancefloor"


# case: whoever comes second puts their own address there
def take(request: HttpRequest) -> JsonResponse:
    table = HallTable.objects.filter(state="open").first()
    if table is None:
        return JsonResponse({"full": True}, status=409)
    table.state = "taken"
    table.mail = request.user.email
    table.save(update_fields=["state", "mail"])  # expect: check-then-act
    return JsonResponse({"full": False})


# case: or themselves
def sit_down(request: HttpRequest) -> JsonResponse:
    table = HallTable.objects.filter(state="open").first()
    if table is None:
        return JsonResponse({"full": True}, status=409)
    table.state = "taken"
    table.guest = request.user
    table.save(update_fields=["state", "guest"])  # expect: check-then-act
    return JsonResponse({"full": False})


# case: the state is part of the write's own condition
def take_safely(request: HttpRequest) -> JsonResponse:
    table = HallTable.objects.filter(state="open").first()
    if table is None:
        return JsonResponse({"full": True}, status=409)
    taken = HallTable.objects.filter(pk=table.pk, state="open").update(
        state="taken", mail=request.user.email
    )
    return JsonResponse({"full": not taken})


# case: the host's own table: another run for it writes the same
def keep_own(request: HttpRequest) -> JsonResponse:
    table = HallTable.objects.filter(state="open", host=request.user).first()
    if table is None:
        return JsonResponse({}, status=404)
    table.state = "taken"
    table.mail = request.user.email
    table.save(update_fields=["state", "mail"])
    return JsonResponse({})
