"""What members do."""
from __future__ import annotations

from django.db import transaction
from django.db.models import F

from .models import Member, Outing, Tool


class NotEnough(Exception):
    pass


# case: only the serializer has asked whether there are hours left
@transaction.atomic
def take_out(member: Member, tool: Tool) -> Outing:
    outing = Outing.objects.create(tool=tool, member=member)
    Member.objects.filter(pk=member.pk).update(hours=F("hours") - tool.rate)  # expect: check-then-act
    return outing


# case: what the serializer has asked is asked once more by the store
def pay_back(member: Member, cents: int) -> None:
    enough = Member.objects.filter(pk=member.pk, deposit__gte=cents)
    if not enough.update(deposit=F("deposit") - cents):
        raise NotEnough(member.pk)
