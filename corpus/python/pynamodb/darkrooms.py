"""Darkrooms of a photo club on PynamoDB models."""
from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.models import Model


class NoRoom(Exception):
    pass


class Darkroom(Model):
    class Meta:
        table_name = "darkrooms"

    floor = UnicodeAttribute(hash_key=True)
    door = NumberAttribute(range_key=True)
    state = UnicodeAttribute(default="empty")
    member = UnicodeAttribute(null=True)

    @classmethod
    def empty_on(cls, floor: str):
        return cls.query(floor, filter_condition=cls.state == "empty")

    # case: id=py-pyn-2071 label=race rule=check-then-act tier=3 note=the first room that the query found empty is taken without asking again (caller develop)
    def enter(self, member: str) -> None:
        self.update(actions=[Darkroom.state.set("in use"), Darkroom.member.set(member)])  # expect: check-then-act

    # case: id=py-pyn-2072 label=safe tier=3 note=the update asks again whether the room is empty (caller enlarge)
    def enter_if_empty(self, member: str) -> None:
        self.update(
            actions=[Darkroom.state.set("in use"), Darkroom.member.set(member)],
            condition=Darkroom.state == "empty",
        )


def develop(floor: str, member: str) -> int:
    for room in Darkroom.empty_on(floor):
        room.enter(member)
        return int(room.door)
    raise NoRoom(floor)


def enlarge(floor: str, member: str) -> int:
    for room in Darkroom.empty_on(floor):
        try:
            room.enter_if_empty(member)
        except UpdateError:
            continue
        return int(room.door)
    raise NoRoom(floor)
