"""Meetups: async views and helpers on the ORM's a-methods."""
from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.http import HttpRequest, JsonResponse
from django.shortcuts import aget_object_or_404
from django.views import View

logger = logging.getLogger(__name__)

_points_lock = asyncio.Lock()


class Meetup(models.Model):
    title = models.CharField(max_length=120)
    chairs = models.IntegerField(default=20)
    status = models.CharField(max_length=10, default="planned")
    room = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "meetups"


class Attendance(models.Model):
    meetup = models.ForeignKey(Meetup, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    guests = models.IntegerField(default=0)

    class Meta:
        app_label = "meetups"


class Vote(models.Model):
    meetup = models.ForeignKey(Meetup, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    choice = models.CharField(max_length=20)

    class Meta:
        app_label = "meetups"
        unique_together = [("meetup", "user")]


class Organizer(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    points = models.IntegerField(default=0)

    class Meta:
        app_label = "meetups"


# case: id=py-dj-2080 label=race rule=lost-update tier=1 note=chairs read by aget, tested, counted down, saved by asave
async def take_chair(request: HttpRequest, pk: int) -> JsonResponse:
    meetup = await Meetup.objects.aget(pk=pk)
    if meetup.chairs < 1:
        return JsonResponse({"detail": "full"}, status=409)
    meetup.chairs -= 1
    await meetup.asave(update_fields=["chairs"])  # expect: lost-update
    return JsonResponse({"chairs": meetup.chairs})


# case: id=py-dj-2081 label=safe tier=1 note=conditional aupdate, its count decides
async def take_chair_guarded(request: HttpRequest, pk: int) -> JsonResponse:
    meetup = await aget_object_or_404(Meetup, pk=pk)
    taken = await Meetup.objects.filter(pk=meetup.pk, chairs__gte=1).aupdate(chairs=F("chairs") - 1)
    return JsonResponse({"title": meetup.title}, status=200 if taken else 409)


# case: id=py-dj-2082 label=race rule=stale-overwrite tier=1 note=room from the body, asave writes all columns
async def set_room(request: HttpRequest, pk: int) -> JsonResponse:
    meetup = await Meetup.objects.aget(pk=pk)
    meetup.room = json.loads(request.body)["room"]
    await meetup.asave()  # expect: stale-overwrite
    return JsonResponse({"room": meetup.room})


# case: id=py-dj-2083 label=safe tier=1 note=room from the body, one column by aupdate
async def set_room_column(request: HttpRequest, pk: int) -> JsonResponse:
    room = json.loads(request.body)["room"]
    found = await Meetup.objects.filter(pk=pk).aupdate(room=room)
    return JsonResponse({"room": room}, status=200 if found else 404)


class AttendView(View):
    # case: id=py-dj-2084 label=race rule=check-then-create tier=2 note=afirst is None, then acreate without a constraint
    async def post(self, request: HttpRequest, pk: int) -> JsonResponse:
        user = await request.auser()
        attendance = await Attendance.objects.filter(meetup_id=pk, user=user).afirst()
        if attendance is None:
            attendance = await Attendance.objects.acreate(meetup_id=pk, user=user)  # expect: check-then-create
        return JsonResponse({"id": attendance.pk})

    # case: id=py-dj-2085 label=race rule=lost-update tier=2 note=guests of one's own row counted in Python
    async def patch(self, request: HttpRequest, pk: int) -> JsonResponse:
        user = await request.auser()
        attendance = await Attendance.objects.filter(meetup_id=pk, user=user).afirst()
        if attendance is None:
            return JsonResponse({}, status=404)
        attendance.guests = min(attendance.guests + 1, 3)
        await attendance.asave(update_fields=["guests"])  # expect: lost-update
        return JsonResponse({"guests": attendance.guests})


class VoteView(View):
    # case: id=py-dj-2086 label=safe tier=2 note=aget_or_create on the unique pair
    async def post(self, request: HttpRequest, pk: int) -> JsonResponse:
        user = await request.auser()
        choice = request.POST["choice"]
        vote, created = await Vote.objects.aget_or_create(meetup_id=pk, user=user, defaults={"choice": choice})
        return JsonResponse({"choice": vote.choice}, status=201 if created else 200)

    # case: id=py-dj-2087 label=safe tier=2 note=aupdate_or_create on the unique pair with a value from the request
    async def put(self, request: HttpRequest, pk: int) -> JsonResponse:
        user = await request.auser()
        vote, _ = await Vote.objects.aupdate_or_create(
            meetup_id=pk, user=user, defaults={"choice": json.loads(request.body)["choice"]}
        )
        return JsonResponse({"choice": vote.choice})


# case: id=py-dj-2088 label=race rule=check-then-act tier=2 note=status tested, announcement awaited, constant set by aupdate on the key alone
async def cancel_meetup(pk: int, announce: Any) -> bool:
    meetup = await Meetup.objects.aget(pk=pk)
    if meetup.status != "planned":
        return False
    await announce(f"{meetup.title} is cancelled")
    await Meetup.objects.filter(pk=pk).aupdate(status="cancelled")  # expect: check-then-act
    return True


# case: id=py-dj-2089 label=safe tier=2 note=claimed by a conditional aupdate first, announced after
async def cancel_meetup_once(pk: int, announce: Any) -> bool:
    if not await Meetup.objects.filter(pk=pk, status="planned").aupdate(status="cancelled"):
        return False
    meetup = await Meetup.objects.aget(pk=pk)
    await announce(f"{meetup.title} is cancelled")
    return True


# case: id=py-dj-2090 label=race rule=lost-update tier=2 note=asyncio.Lock keeps one worker's tasks apart, not the other workers
async def award_points(organizer_id: int, points: int) -> int:
    async with _points_lock:
        organizer = await Organizer.objects.aget(pk=organizer_id)
        organizer.points += points
        await organizer.asave(update_fields=["points"])  # expect: lost-update
    return organizer.points


# case: id=py-dj-2091 label=safe tier=2 note=transaction and row lock in a synchronous function run in a thread
@sync_to_async
def award_points_locked(organizer_id: int, points: int) -> int:
    with transaction.atomic():
        organizer = Organizer.objects.select_for_update().get(pk=organizer_id)
        organizer.points += points
        organizer.save(update_fields=["points"])
    return organizer.points


# case: id=py-dj-2092 label=race rule=lost-update tier=2 note=async iteration, every row changed and saved
async def decay_points(factor: float) -> int:
    changed = 0
    async for organizer in Organizer.objects.filter(points__gt=0):
        organizer.points = int(organizer.points * factor)
        await organizer.asave(update_fields=["points"])  # expect: lost-update
        changed += 1
    return changed


# case: id=py-dj-2093 label=race rule=check-then-act|check-then-create tier=2 note=acount against a limit, then one more row
async def join_waiting(meetup: Meetup, user: Any, limit: int = 10) -> Attendance | None:
    if await meetup.attendances.filter(guests=0).acount() >= limit:
        return None
    return await meetup.attendances.acreate(user=user, guests=0)  # expect: check-then-act|check-then-create


# case: id=py-dj-2094 label=safe tier=2 note=aexists for the message only, unique pair and IntegrityError decide
async def vote_once(meetup: Meetup, user: Any, choice: str) -> Vote | None:
    if await Vote.objects.filter(meetup=meetup, user=user).aexists():
        return None
    try:
        return await Vote.objects.acreate(meetup=meetup, user=user, choice=choice)
    except IntegrityError:
        logger.info("second vote of %s", user)
        return None
