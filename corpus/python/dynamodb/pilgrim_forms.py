"""Pilgrims and what they send of themselves: the fields of a form that is handed in hold what was sent, not what they
are declared with."""
from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Optional

from pydantic import BaseModel
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class Pilgrim(Model):
    class Meta:
        table_name = "pilgrims"

    number = UnicodeAttribute(hash_key=True)
    bed = UnicodeAttribute(null=True)
    parish = UnicodeAttribute(null=True)
    stamps = NumberAttribute(default=0)


@dataclass
class Wishes:
    bed: Optional[str] = None
    parish: Optional[str] = None

    def put_on(self, pilgrim: Pilgrim) -> Pilgrim:
        for field in fields(self):
            wish = getattr(self, field.name)
            if wish is not None:
                setattr(pilgrim, field.name, wish)
        return pilgrim


class Stamping(BaseModel):
    parish: Optional[str] = None
    festive: bool = False


class Hostel:
    # case: id=py-ddb-4431 label=race rule=stale-overwrite tier=3 note=what was sent is put on the row, and every column goes back, the stamps with them
    def change(self, number: str, wishes: Wishes) -> Pilgrim:
        pilgrim = wishes.put_on(Pilgrim.get(number))
        pilgrim.save()  # expect: stale-overwrite
        return pilgrim

    def stamp(self, number: str) -> None:
        Pilgrim(number).update(actions=[Pilgrim.stamps.add(1)])

    # case: id=py-ddb-4432 label=race rule=lost-update tier=3 note=counted in the program where it was sent that it is a feast
    def stamp_sent(self, number: str, sent: Stamping) -> None:
        pilgrim = Pilgrim.get(number)
        if sent.festive:
            pilgrim.update(actions=[Pilgrim.stamps.set(int(pilgrim.stamps) + 2)])  # expect: lost-update
        elif sent.parish:
            pilgrim.update(actions=[Pilgrim.parish.set(sent.parish)])

    # case: id=py-ddb-4433 label=safe tier=3 note=a form made here has what it was declared with, where nothing else is given
    def stamp_plain(self, number: str) -> None:
        sent = Stamping(parish="St James")
        pilgrim = Pilgrim.get(number)
        if sent.festive:
            pilgrim.update(actions=[Pilgrim.stamps.set(int(pilgrim.stamps) + 2)])
        else:
            pilgrim.update(actions=[Pilgrim.stamps.add(1)])
