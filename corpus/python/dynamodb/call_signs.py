"""Call signs of glider pilots: looked up in an index, then issued under an identifier of their own."""
from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, ConditionBase, Key

pilots = boto3.resource("dynamodb").Table("pilots")


@dataclass
class Pilot:
    pilot_id: str
    call_sign: str
    rating: str = "student"

    @classmethod
    def parse(cls, item: dict[str, Any]) -> Pilot:
        return cls(pilot_id=item["pilot_id"], call_sign=item["call_sign"], rating=item["rating"])


def holders(call_sign: str) -> list[dict[str, Any]]:
    return pilots.query(IndexName="by-sign", KeyConditionExpression=Key("call_sign").eq(call_sign))["Items"]


# case: id=py-ddb-7621 label=race rule=check-then-create tier=3 note=the first of an index, or none, then a new identifier
def enrol(call_sign: str) -> Pilot:
    known = next((Pilot.parse(item) for item in holders(call_sign)), None)
    if known is not None:
        return known
    pilot = Pilot(pilot_id=uuid.uuid4().hex, call_sign=call_sign)
    pilots.put_item(Item=asdict(pilot), ConditionExpression="attribute_not_exists(pilot_id)")  # expect: check-then-create
    return pilot


# case: id=py-ddb-7622 label=race rule=check-then-create tier=3 note=the same with an iterator over what the index gave
def enrol_quietly(call_sign: str) -> str:
    known = next(iter(holders(call_sign)), None)
    if known:
        return known["pilot_id"]
    pilot_id = uuid.uuid4().hex
    pilots.put_item(Item={"pilot_id": pilot_id, "call_sign": call_sign})  # expect: check-then-create
    return pilot_id


# case: id=py-ddb-7623 label=safe tier=2 note=the call sign is the key, and may not be there yet
def enrol_by_sign(call_sign: str) -> bool:
    known = next(iter(holders(call_sign)), None)
    if known:
        return False
    try:
        pilots.put_item(
            Item={"pilot_id": call_sign, "call_sign": call_sign},
            ConditionExpression="attribute_not_exists(pilot_id)",
        )
    except pilots.meta.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


# case: id=py-ddb-7626 label=race rule=check-then-create tier=2 note=whoever finds one leaves in the loop
def enrol_again(call_sign: str, name: str) -> str:
    for known in holders(call_sign):
        return known["pilot_id"]
    pilot_id = uuid.uuid4().hex
    item = {"pilot_id": pilot_id, "call_sign": call_sign, "name": name}
    pilots.put_item(Item=item)  # expect: check-then-create
    return pilot_id


def expectation(expect: dict[str, Any]) -> ConditionBase | None:
    condition: ConditionBase | None = None
    for name, value in expect.items():
        term = Attr(name).eq(value)
        condition = term if condition is None else condition & term
    return condition


def patch(pilot_id: str, rating: str, expect: dict[str, Any] | None = None) -> dict[str, Any]:
    kwargs: dict[str, Any] = {
        "Key": {"pilot_id": pilot_id},
        "UpdateExpression": "SET rating = :rating",
        "ExpressionAttributeValues": {":rating": rating},
    }
    if expect:
        kwargs["ConditionExpression"] = expectation(expect)
    return pilots.update_item(**kwargs)


# case: id=py-ddb-7624 label=safe tier=3 note=what was tested is handed on, and a loop makes the condition of it
def promote(pilot_id: str) -> bool:
    pilot = pilots.get_item(Key={"pilot_id": pilot_id}).get("Item")
    if pilot is None or pilot["rating"] != "student":
        return False
    patch(pilot_id, "solo", expect={"rating": pilot["rating"]})
    return True


# case: id=py-ddb-7625 label=race rule=check-then-act tier=3 note=the same without what was tested
def ground(pilot_id: str) -> bool:
    pilot = pilots.get_item(Key={"pilot_id": pilot_id}).get("Item")
    if pilot is None or pilot["rating"] != "solo":
        return False
    patch(pilot_id, "grounded")  # expect: check-then-act
    return True
