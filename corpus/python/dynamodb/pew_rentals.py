"""Rented pews: a record that is copied with what a request changes, and put back whole."""
from __future__ import annotations

from typing import Any, Optional

import boto3
from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel

pews = boto3.resource("dynamodb").Table("pews")


class Pew(BaseModel):
    number: str
    family: str
    plate: Optional[str] = None
    paid: int = 0


class Wish(BaseModel):
    family: Optional[str] = None
    plate: Optional[str] = None


def find(number: str) -> Optional[Pew]:
    item = pews.get_item(Key={"number": number}).get("Item")
    return Pew.model_validate(item) if item else None


def require(number: str) -> Pew:
    pew = find(number)
    if pew is None:
        raise LookupError(number)
    return pew


def replace_pew(pew: Pew) -> Pew:
    pews.put_item(Item=pew.model_dump(exclude_none=True), ConditionExpression=Attr("number").exists())  # expect: stale-overwrite
    return pew


def edit(event: dict[str, Any]) -> str:
    changes = Wish.model_validate_json(event["body"]).model_dump(exclude_unset=True)
    pew = require(event["pathParameters"]["number"])
    return replace_pew(pew.model_copy(update=changes)).family


def pay(number: str, cents: int) -> None:
    pews.update_item(
        Key={"number": number},
        UpdateExpression="ADD paid :n",
        ExpressionAttributeValues={":n": cents},
    )
