"""Lost luggage: one handler for what is missing and for what went wrong besides."""
from __future__ import annotations

import logging

from django.db import DatabaseError, IntegrityError, models

logger = logging.getLogger(__name__)


class Trunk(models.Model):
    tag = models.CharField(max_length=20)
    shelf = models.CharField(max_length=20, default="")
    handovers = models.IntegerField(default=0)

    class Meta:
        app_label = "luggage"


class Ticket(models.Model):
    number = models.CharField(max_length=20, unique=True)
    shelf = models.CharField(max_length=20, default="")

    class Meta:
        app_label = "luggage"


class Mishap(models.Model):
    tag = models.CharField(max_length=20)

    class Meta:
        app_label = "luggage"


# case: whatever failed, the trunk is taken for missing
def shelve(tag: str, shelf: str) -> Trunk:
    try:
        trunk = Trunk.objects.get(tag=tag)
        Trunk.objects.filter(pk=trunk.pk).update(shelf=shelf)
    except Exception:
        trunk = Trunk.objects.create(tag=tag, shelf=shelf)  # expect: check-then-create
    return trunk


# case: who could not put the row back creates one as well as who found none
def reshelve(tag: str, shelf: str) -> Trunk:
    try:
        trunk = Trunk.objects.get(tag=tag)
        trunk.shelf = shelf
        trunk.save(update_fields=["shelf"])
    except (Trunk.DoesNotExist, DatabaseError):
        trunk = Trunk(tag=tag, shelf=shelf)
        trunk.save()  # expect: check-then-create
    return trunk


# case: the handler only says that there is none, what follows creates it
def accept(tag: str) -> Trunk:
    try:
        trunk = Trunk.objects.get(tag=tag)
        logger.info("trunk %s is on %s", tag, trunk.shelf)
    except Exception:
        trunk = None
    if trunk is None:
        trunk = Trunk.objects.create(tag=tag)  # expect: check-then-create
    return trunk


# case: the one that is found is answered with, whatever else happens comes to the end
def fetch(tag: str) -> Trunk:
    try:
        return Trunk.objects.get(tag=tag)
    except Exception:
        logger.warning("no trunk %s", tag)
    return Trunk.objects.create(tag=tag)  # expect: check-then-create


# case: a second ticket of that number is refused, and nobody handles that: a note
def issue(number: str, shelf: str) -> Ticket:
    try:
        ticket = Ticket.objects.get(number=number)
        Ticket.objects.filter(pk=ticket.pk).update(shelf=shelf)
    except Exception:
        ticket = Ticket.objects.create(number=number, shelf=shelf)
    return ticket


# case: refused as well, and then the other's is taken
def issue_again(number: str, shelf: str) -> Ticket:
    try:
        ticket = Ticket.objects.get(number=number)
        Ticket.objects.filter(pk=ticket.pk).update(shelf=shelf)
    except Exception:
        try:
            ticket = Ticket.objects.create(number=number, shelf=shelf)
        except IntegrityError:
            ticket = Ticket.objects.get(number=number)
    return ticket


# case: what is created when something fails is no trunk
def hand_over(tag: str) -> None:
    try:
        trunk = Trunk.objects.get(tag=tag)
        Trunk.objects.filter(pk=trunk.pk).update(handovers=models.F("handovers") + 1)
    except Exception:
        Mishap.objects.create(tag=tag)


# case: who found none has a handler of its own; the other one knows the trunk
def inspect(tag: str) -> None:
    try:
        trunk = Trunk.objects.get(tag=tag)
        logger.info("trunk %s is on %s", tag, trunk.shelf)
    except Trunk.DoesNotExist:
        return
    except Exception:
        Trunk.objects.create(tag=tag)
