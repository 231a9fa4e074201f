"""Cards of a choir's guests: one that is still open keeps a second from being made out, whatever says that it is open."""
from __future__ import annotations

import uuid
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

cards = boto3.resource("dynamodb").Table("choir-cards")


class HasOne(Exception):
    pass


def cards_of(phone: str) -> list[dict[str, Any]]:
    return cards.query(IndexName="by-phone", KeyConditionExpression=Key("phone").eq(phone))["Items"]


# case: id=py-ddb-4421 label=race rule=check-then-create tier=3 note=none of the guest's cards is open, then another is put under a new key
def issue(phone: str) -> str:
    if any(not card.get("closed_at") for card in cards_of(phone)):
        raise HasOne(phone)
    number = uuid.uuid4().hex
    cards.put_item(Item={"card": number, "phone": phone, "songs": 0})  # expect: check-then-create
    return number


# case: id=py-ddb-4422 label=race rule=check-then-create tier=3 note=the same in a loop that is left where an open one is found
def issue_again(phone: str) -> str:
    for card in cards_of(phone):
        if card.get("closed_at") is None:
            raise HasOne(card["card"])
    number = uuid.uuid4().hex
    cards.put_item(Item={"card": number, "phone": phone, "songs": 0})  # expect: check-then-create
    return number


# case: id=py-ddb-4423 label=race rule=check-then-create tier=3 note=the open one is kept by its number
def issue_named(phone: str) -> str:
    there = ""
    for card in cards_of(phone):
        if "closed_at" not in card:
            there = card["card"]
            break
    if there:
        raise HasOne(there)
    number = uuid.uuid4().hex
    cards.put_item(Item={"card": number, "phone": phone, "songs": 0})  # expect: check-then-create
    return number


# case: id=py-ddb-4424 label=safe tier=3 note=the guest's number is the key, and only one may be there
def issue_once(phone: str) -> None:
    if any(not card.get("closed_at") for card in cards_of(phone)):
        raise HasOne(phone)
    cards.put_item(
        Item={"card": phone, "phone": phone, "songs": 0}, ConditionExpression="attribute_not_exists(card)"
    )
