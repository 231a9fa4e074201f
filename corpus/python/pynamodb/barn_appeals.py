"""Appeals for barns: closed once what was given reaches what is needed."""
from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.models import Model


class Appeal(Model):
    class Meta:
        table_name = "appeals"

    name = UnicodeAttribute(hash_key=True)
    given = NumberAttribute(default=0)
    needed = NumberAttribute()
    state = UnicodeAttribute(default="open")


def give(name: str, coins: int) -> None:
    Appeal(name).update(actions=[Appeal.given.add(coins)], condition=Appeal.name.exists())


def need_more(name: str, coins: int) -> None:
    Appeal(name).update(actions=[Appeal.needed.add(coins)], condition=Appeal.name.exists())


# case: the table compares both attributes of the test again
def close_reached() -> int:
    closed = 0
    for appeal in Appeal.scan(Appeal.state == "open"):
        if appeal.given < appeal.needed:
            continue
        reached = (Appeal.state == "open") & (Appeal.given >= Appeal.needed)
        try:
            appeal.update(actions=[Appeal.state.set("paid")], condition=reached)
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            continue
        closed += 1
    return closed


# case: what is needed may be more by now
def close_given() -> int:
    closed = 0
    for appeal in Appeal.scan(Appeal.state == "open"):
        if appeal.given < appeal.needed:
            continue
        reached = (Appeal.state == "open") & (Appeal.given >= 100)
        try:
            appeal.update(actions=[Appeal.state.set("paid")], condition=reached)  # expect: check-then-act
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            continue
        closed += 1
    return closed
