"""Satchels of players, changed by callbacks on a copy; names looked for among what was read."""
from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

table = boto3.resource("dynamodb").Table("satchels")


class Changed(Exception):
    pass


class Taken(Exception):
    pass


def read(player: str) -> dict[str, Any]:
    item = table.get_item(Key={"player": player}, ConsistentRead=True).get("Item")
    return item or {"player": player, "stacks": {}, "rev": 0}


# case: id=py-ddb-7870 label=race rule=lost-update tier=3 note=the revision is compared here with that of a second read, the put asks for nothing
def edit(player: str, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    before = read(player)
    after = copy.deepcopy(before)
    change(after)
    if read(player)["rev"] != before["rev"]:
        raise Changed(player)
    after["rev"] = before["rev"] + 1
    table.put_item(Item=after)  # expect: lost-update
    return after


# case: id=py-ddb-7871 label=safe tier=3 note=the revision is compared by the put itself
def edit_once(player: str, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    before = read(player)
    after = copy.deepcopy(before)
    change(after)
    after["rev"] = before["rev"] + 1
    table.put_item(
        Item=after,
        ConditionExpression="attribute_not_exists(player) OR rev = :seen",
        ExpressionAttributeValues={":seen": before["rev"]},
    )
    return after


def pockets(player: str) -> list[dict[str, Any]]:
    return table.query(IndexName="by-owner", KeyConditionExpression=Key("owner").eq(player))["Items"]


# case: id=py-ddb-7872 label=race rule=check-then-create tier=2 note=looked for in a mapping by label, the key is new
def add_pocket(player: str, label: str) -> None:
    by_label = {}
    for pocket in pockets(player):
        by_label[pocket["label"]] = pocket
    if by_label.get(label):
        raise Taken(label)
    item = {"player": str(uuid.uuid4()), "owner": player, "label": label}
    table.put_item(Item=item, ConditionExpression="attribute_not_exists(player)")  # expect: check-then-create


# case: id=py-ddb-7873 label=race rule=check-then-create tier=2 note=looked for among the labels gathered
def add_pocket_listed(player: str, label: str) -> None:
    labels = set()
    for pocket in pockets(player):
        labels.add(pocket["label"])
    if label in labels:
        raise Taken(label)
    item = {"player": str(uuid.uuid4()), "owner": player, "label": label}
    table.put_item(Item=item, ConditionExpression="attribute_not_exists(player)")  # expect: check-then-create


# case: id=py-ddb-7874 label=safe tier=2 note=owner and label make the key that must not be there
def add_pocket_once(player: str, label: str) -> None:
    labels = {pocket["label"] for pocket in pockets(player)}
    if label in labels:
        raise Taken(label)
    item = {"player": f"{player}#{label}", "owner": player, "label": label}
    table.put_item(Item=item, ConditionExpression="attribute_not_exists(player)")
