"""Clubs, their rosters and the teams that members join: relations between many and many."""
from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_required
from django.db import models, transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404

logger = logging.getLogger(__name__)


class Member(models.Model):
    number = models.CharField(max_length=12, unique=True)
    nickname = models.CharField(max_length=40)
    squad = models.CharField(max_length=20, default="reserve")
    clubs_allowed = models.IntegerField(default=3)

    class Meta:
        app_label = "clubs"


class Club(models.Model):
    name = models.CharField(max_length=60)
    places = models.IntegerField(default=20)
    captains_allowed = models.IntegerField(default=1)
    members = models.ManyToManyField(Member, related_name="clubs")
    captains = models.ManyToManyField(Member, related_name="captaincies")
    sponsors = models.ManyToManyField("Sponsor")

    class Meta:
        app_label = "clubs"

    def enrol(self, member: Member) -> bool:
        if self.members.count() >= self.places:
            return False
        self.members.add(member)  # expect: check-then-act
        return True


class Sponsor(models.Model):
    title = models.CharField(max_length=60)
    most_clubs = models.IntegerField(default=5)

    class Meta:
        app_label = "clubs"


class Course(models.Model):
    title = models.CharField(max_length=60)
    capacity = models.IntegerField()
    pupils = models.ManyToManyField(Member, through="CoursePlace", related_name="courses")

    class Meta:
        app_label = "clubs"


class CoursePlace(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    paid = models.BooleanField(default=False)

    class Meta:
        app_label = "clubs"
        unique_together = [("course", "member")]


class Full(Exception):
    pass


@login_required
def join_club(request: HttpRequest, pk: int) -> JsonResponse:
    club = get_object_or_404(Club, pk=pk)
    member = get_object_or_404(Member, number=request.POST["number"])
    if club.members.count() >= club.places:
        return JsonResponse({"detail": "full"}, status=409)
    club.members.add(member)  # expect: check-then-act
    return JsonResponse({"club": club.name})


@login_required
def join_club_under_lock(request: HttpRequest, pk: int) -> JsonResponse:
    member = get_object_or_404(Member, number=request.POST["number"])
    with transaction.atomic():
        club = get_object_or_404(Club.objects.select_for_update(), pk=pk)
        if club.members.count() >= club.places:
            return JsonResponse({"detail": "full"}, status=409)
        club.members.add(member)
    return JsonResponse({"club": club.name})


@login_required
def join_club_in_transaction(request: HttpRequest, pk: int) -> JsonResponse:
    with transaction.atomic():
        club = get_object_or_404(Club, pk=pk)
        # The member's lock keeps nobody else out of the club.
        member = Member.objects.select_for_update().get(number=request.POST["number"])
        if len(club.members.all()) >= club.places:
            return JsonResponse({"detail": "full"}, status=409)
        club.members.add(member)  # expect: check-then-act
    return JsonResponse({"club": club.name})


# To add the same pair once more changes nothing.
@login_required
def join_once(request: HttpRequest, pk: int) -> JsonResponse:
    club = get_object_or_404(Club, pk=pk)
    member = get_object_or_404(Member, number=request.POST["number"])
    if member not in club.members.all():
        club.members.add(member)
    if not club.captains.filter(pk=member.pk).exists():
        club.captains.add(member)
    return JsonResponse({"club": club.name})


@login_required
def join_by_number(request: HttpRequest, pk: int) -> JsonResponse:
    club = get_object_or_404(Club, pk=pk)
    number = request.POST["number"]
    member = get_object_or_404(Member, number=number)
    if club.members.filter(number=number).exists():
        return JsonResponse({"detail": "is a member"}, status=409)
    club.members.add(member)
    return JsonResponse({"club": club.name})


# The first one to come becomes the captain.
@login_required
def take_band(request: HttpRequest, pk: int) -> JsonResponse:
    club = get_object_or_404(Club, pk=pk)
    member = get_object_or_404(Member, number=request.POST["number"])
    if not club.captains.exists():
        club.captains.add(member)  # expect: check-then-create
    return JsonResponse({"club": club.name})


@login_required
@transaction.atomic
def take_band_under_lock(request: HttpRequest, pk: int) -> JsonResponse:
    club = Club.objects.select_for_update().get(pk=pk)
    member = get_object_or_404(Member, number=request.POST["number"])
    if not club.captains.exists():
        club.captains.add(member)
    return JsonResponse({"club": club.name})


# How many of one squad there may be.
@login_required
def join_squad(request: HttpRequest, pk: int) -> JsonResponse:
    club = get_object_or_404(Club, pk=pk)
    member = get_object_or_404(Member, number=request.POST["number"])
    if club.members.filter(squad=member.squad).count() >= 4:
        return JsonResponse({"detail": "squad is full"}, status=409)
    club.members.add(member)  # expect: check-then-act
    return JsonResponse({"club": club.name})


# The limit is the member's: the other side of the relation.
@login_required
def join_another(request: HttpRequest, pk: int) -> JsonResponse:
    member = get_object_or_404(Member, number=request.POST["number"])
    club = get_object_or_404(Club, pk=pk)
    if member.clubs.count() >= member.clubs_allowed:
        return JsonResponse({"detail": "enough clubs"}, status=409)
    club.members.add(member)  # expect: check-then-act
    return JsonResponse({"club": club.name})


@login_required
def join_another_from_member(request: HttpRequest, pk: int) -> JsonResponse:
    club = get_object_or_404(Club, pk=pk)
    with transaction.atomic():
        member = Member.objects.select_for_update().get(number=request.POST["number"])
        if member.clubs.count() >= member.clubs_allowed:
            return JsonResponse({"detail": "enough clubs"}, status=409)
        member.clubs.add(club)
    return JsonResponse({"club": club.name})


def sponsor_club(club_id: int, sponsor_id: int) -> None:
    sponsor = Sponsor.objects.get(pk=sponsor_id)
    club = Club.objects.get(pk=club_id)
    if sponsor.club_set.count() >= sponsor.most_clubs:
        raise Full(sponsor.title)
    club.sponsors.add(sponsor)  # expect: check-then-act


def sponsor_other_relation(club_id: int, member_id: int) -> None:
    club = Club.objects.get(pk=club_id)
    member = Member.objects.get(pk=member_id)
    # Counted are the members, added is a captain.
    if club.members.count() < 2:
        raise Full(club.name)
    club.captains.add(member)


# The pairs have a model of their own.
def book_course(course_id: int, member_id: int) -> None:
    course = Course.objects.get(pk=course_id)
    member = Member.objects.get(pk=member_id)
    if course.pupils.count() >= course.capacity:
        raise Full(course.title)
    CoursePlace.objects.create(course=course, member=member)  # expect: check-then-act


def book_course_by_relation(course_id: int, member_id: int) -> None:
    course = Course.objects.get(pk=course_id)
    member = Member.objects.get(pk=member_id)
    if CoursePlace.objects.filter(course=course).count() >= course.capacity:
        raise Full(course.title)
    course.pupils.add(member, through_defaults={"paid": True})  # expect: check-then-act


def book_course_once(course_id: int, member_id: int) -> None:
    course = Course.objects.get(pk=course_id)
    member = Member.objects.get(pk=member_id)
    if not CoursePlace.objects.filter(course=course, member=member).exists():
        course.pupils.add(member)


def book_course_under_lock(course_id: int, member_id: int) -> None:
    with transaction.atomic():
        course = Course.objects.select_for_update().get(pk=course_id)
        if course.pupils.count() >= course.capacity:
            raise Full(course.title)
        course.pupils.add(Member.objects.get(pk=member_id))


# What is created through the relation is a new row, and a member of the club.
def found_member(club_id: int, number: str) -> None:
    club = Club.objects.get(pk=club_id)
    if club.members.count() >= club.places:
        raise Full(club.name)
    club.members.create(number=number, nickname="new")  # expect: check-then-act


# A club of this very run is nobody else's.
def found_club(name: str, numbers: list[str]) -> Club:
    club = Club.objects.create(name=name)
    for number in numbers:
        member = Member.objects.get(number=number)
        if club.members.count() >= club.places:
            break
        club.members.add(member)
    return club


# Counting the whole table decides nothing about a relation.
def promote(club_id: int, member_id: int) -> None:
    club = Club.objects.get(pk=club_id)
    if Member.objects.filter(squad="first").count() > 40:
        logger.info("many members")
        return
    club.captains.add(Member.objects.get(pk=member_id))


# Who is looked at is another member than the one that is added.
def second_captain(club_id: int, me: Member, member_id: int) -> None:
    club = Club.objects.get(pk=club_id)
    captain = club.captains.filter(pk=me.pk).first()
    if captain is None or captain.squad != "first":
        raise Full(club.name)
    club.captains.add(Member.objects.get(pk=member_id))


def move_squad(club_id: int) -> None:
    club = Club.objects.get(pk=club_id)
    Member.objects.filter(clubs=club).update(squad="second")
    for member in club.members.all():
        member.clubs_allowed += 1
        member.save(update_fields=["clubs_allowed"])  # expect: lost-update
