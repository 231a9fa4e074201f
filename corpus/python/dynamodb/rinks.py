"""Hours on the ice of a rink."""
from __future__ import annotations

import uuid
from dataclasses import dataclass

import boto3
from boto3.dynamodb.conditions import Key

hours = boto3.resource("dynamodb").Table("ice-hours")


class OnIce(Exception):
    pass


@dataclass
class Wish:
    club: str
    start: int
    stop: int


# case: id=py-ddb-7901 label=race rule=check-then-act tier=3 note=hours that overlap are looked for, and the new ones go under a number drawn for them; what was asked for is put there for the first time
def book(rink: str, wish: Wish) -> str:
    page = hours.query(KeyConditionExpression=Key("rink").eq(rink))
    if any(h["start"] < wish.stop and wish.start < h["stop"] for h in page["Items"]):
        raise OnIce(rink)
    number = uuid.uuid4().hex
    hours.put_item(  # expect: check-then-act
        Item={"rink": rink, "number": number, "club": wish.club, "start": wish.start, "stop": wish.stop},
        ConditionExpression="attribute_not_exists(number)",
    )
    return number


# case: id=py-ddb-7902 label=safe tier=3 note=whole hours, each with a key of its own that must not be there
def book_hour(rink: str, hour: int, club: str) -> None:
    there = hours.get_item(Key={"rink": rink, "number": str(hour)}).get("Item")
    if there is not None:
        raise OnIce(rink)
    hours.put_item(
        Item={"rink": rink, "number": str(hour), "club": club},
        ConditionExpression="attribute_not_exists(rink)",
    )
