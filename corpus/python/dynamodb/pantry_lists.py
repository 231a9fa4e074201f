"""Shopping lists of a shared kitchen: the first write of a list, and those that come after it."""
from __future__ import annotations

import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

table = boto3.resource("dynamodb").Table(os.environ["LISTS_TABLE"])


class Outdated(Exception):
    pass


def load(kitchen: str) -> dict[str, Any]:
    item = table.get_item(Key={"kitchen": kitchen}, ConsistentRead=True).get("Item")
    return item or {"kitchen": kitchen, "wanted": [], "cook": "", "edition": 0}


def store(wanted: dict[str, Any], condition: Any, **values: Any) -> None:
    try:
        table.put_item(Item=wanted, ConditionExpression=condition, **values)
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Outdated(wanted["kitchen"]) from exc
        raise


# case: the list is not there yet, or is of the edition that was read
def want(kitchen: str, thing: str) -> None:
    wanted = load(kitchen)
    edition = wanted["edition"]
    wanted["wanted"] = wanted["wanted"] + [thing]
    wanted["edition"] = edition + 1
    store(
        wanted,
        "attribute_not_exists(kitchen) OR edition = :e",
        ExpressionAttributeValues={":e": edition},
    )


# case: a cook does not make it another edition: the second alternative lets everybody in
def want_unless_cooked(kitchen: str, thing: str) -> None:
    wanted = load(kitchen)
    wanted["wanted"] = wanted["wanted"] + [thing]
    try:
        table.put_item(  # expect: lost-update
            Item=wanted,
            ConditionExpression="attribute_not_exists(kitchen) OR cook <> :nobody",
            ExpressionAttributeValues={":nobody": "nobody"},
        )
    except ClientError as exc:
        raise Outdated(kitchen) from exc


# case: one condition for a new list, another for one that was there
def want_many(kitchen: str, things: list[str]) -> None:
    wanted = load(kitchen)
    edition = int(wanted["edition"])
    condition = Attr("edition").eq(edition)
    if not edition:
        condition = Attr("kitchen").not_exists()
    try:
        table.put_item(
            Item={**wanted, "wanted": wanted["wanted"] + things, "edition": edition + 1},
            ConditionExpression=condition,
        )
    except ClientError as exc:
        raise Outdated(kitchen) from exc


# case: that there is no cook says nothing of the list
def want_many_without_cook(kitchen: str, things: list[str]) -> None:
    wanted = load(kitchen)
    edition = int(wanted["edition"])
    condition = Attr("edition").eq(edition)
    if not edition:
        condition = Attr("cook").not_exists()
    try:
        table.put_item(  # expect: lost-update
            Item={**wanted, "wanted": wanted["wanted"] + things, "edition": edition + 1},
            ConditionExpression=condition,
        )
    except ClientError as exc:
        raise Outdated(kitchen) from exc


# case: only a new list is written, whatever was worked out from the one that was read
def open_with(kitchen: str, thing: str) -> None:
    wanted = load(kitchen)
    wanted["wanted"] = wanted["wanted"] + [thing]
    store(wanted, Attr("kitchen").not_exists())
