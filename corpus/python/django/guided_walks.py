"""Walks that guides take over from a list."""
from __future__ import annotations

from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import models, transaction


class Walk(models.Model):
    state = models.CharField(max_length=12, default="planned")
    guide = models.CharField(max_length=40, blank=True)
    contact = models.EmailField()
    seen = models.BooleanField(default=False)


# case: two guides take over the same walks
def take_over(guide: str) -> list[Walk]:
    taken = []
    for walk in Walk.objects.filter(state="planned")[:5]:
        walk.state = "guided"
        walk.guide = guide
        walk.save(update_fields=["state", "guide"])  # expect: check-then-act
        taken.append(walk)
    return taken


# case: what another guide has locked is passed over
@transaction.atomic
def take_over_locked(guide: str) -> list[Walk]:
    taken = []
    for walk in Walk.objects.select_for_update(skip_locked=True).filter(state="planned")[:5]:
        walk.state = "guided"
        walk.guide = guide
        walk.save(update_fields=["state", "guide"])
        taken.append(walk)
    return taken


# case: who looks twice at the same time is shown the same walks, and they are seen either way
def look_through() -> list[Walk]:
    shown = []
    for walk in Walk.objects.filter(seen=False):
        walk.seen = True
        walk.save(update_fields=["seen"])
        shown.append(walk)
    return shown


# case: the first planned walk, announced by everybody who finds it
def announce(guide: str) -> None:
    walk = Walk.objects.filter(state="planned").first()
    Walk.objects.filter(pk=walk.pk).update(state="guided", guide=guide)  # expect: check-then-act
    send_mail("Your walk", guide, "walks@town.example", [walk.contact])


# case: announced by who has taken it
def announce_won(guide: str) -> None:
    walk = Walk.objects.filter(state="planned").first()
    if Walk.objects.filter(pk=walk.pk, state="planned").update(state="guided", guide=guide):
        send_mail("Your walk", guide, "walks@town.example", [walk.contact])


class Badge(models.Model):
    owner = models.OneToOneField(User, on_delete=models.CASCADE)
    colour = models.CharField(max_length=10, default="green")
    issued = models.IntegerField(default=0)


def badge_of(user: User) -> Badge:
    try:
        return user.badge
    except Badge.DoesNotExist:
        return Badge.objects.create(owner=user)


# case: the badge of an account that is made here is nobody else's
def enrol(name: str, colour: str) -> User:
    user = User(username=name)
    user.save()
    badge = badge_of(user)
    badge.colour = colour
    badge.save()
    return user


# case: the badge of an account that is there
def recolour(user: User, colour: str) -> None:
    badge = user.badge
    badge.colour = colour
    badge.save()  # expect: stale-overwrite
