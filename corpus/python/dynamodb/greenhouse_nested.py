"""Beds of a greenhouse: one item each, with documents in it of which single parts are written."""
from __future__ import annotations

import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr

table = boto3.resource("dynamodb").Table(os.environ["BEDS_TABLE"])


class Busy(Exception):
    pass


def bed(bed_id: str) -> dict[str, Any]:
    return table.get_item(Key={"bed_id": bed_id}, ConsistentRead=True)["Item"]


# case: id=py-ddb-2101 label=race rule=lost-update tier=2 note=a part of a document is worked out from its own old value
def pour(bed_id: str, litres: int) -> None:
    poured = bed(bed_id)["water"]["poured"]
    table.update_item(  # expect: lost-update
        Key={"bed_id": bed_id},
        UpdateExpression="SET water.poured = :p",
        ExpressionAttributeValues={":p": poured + litres},
    )


# case: id=py-ddb-2102 label=safe tier=2 note=a part of a document is worked out from another part, which nobody writes
def plan(bed_id: str, days: int) -> None:
    soil = bed(bed_id)["water"]["soil_capacity"]
    table.update_item(
        Key={"bed_id": bed_id},
        UpdateExpression="SET #w.#n = :n",
        ExpressionAttributeNames={"#w": "water", "#n": "next_ration"},
        ExpressionAttributeValues={":n": soil // days},
    )


# case: id=py-ddb-2103 label=safe tier=2 note=the condition tests the part that was tested
def open_valve(bed_id: str) -> None:
    if bed(bed_id)["valve"]["state"] != "closed":
        raise Busy(bed_id)
    table.update_item(
        Key={"bed_id": bed_id},
        UpdateExpression="SET valve.#s = :open",
        ConditionExpression="valve.#s = :closed",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":open": "open", ":closed": "closed"},
    )


# case: id=py-ddb-2104 label=race rule=check-then-act tier=2 note=the condition tests another part of the same document
def open_known_valve(bed_id: str, serial: str) -> None:
    if bed(bed_id)["valve"]["state"] != "closed":
        raise Busy(bed_id)
    table.update_item(  # expect: check-then-act
        Key={"bed_id": bed_id},
        UpdateExpression="SET valve.#s = :open",
        ConditionExpression=Attr("valve.serial").eq(serial),
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":open": "open"},
    )


# case: id=py-ddb-2105 label=safe tier=1 note=the store counts in the part itself
def note_visit(bed_id: str) -> None:
    table.update_item(
        Key={"bed_id": bed_id},
        UpdateExpression="SET visits.total = visits.total + :one",
        ExpressionAttributeValues={":one": 1},
    )


# case: id=py-ddb-2106 label=race rule=lost-update tier=2 note=the whole document goes back for a change of one part
def rename(bed_id: str, name: str) -> None:
    sign = bed(bed_id)["sign"]
    sign["name"] = name
    table.update_item(  # expect: lost-update
        Key={"bed_id": bed_id},
        UpdateExpression="SET sign = :s",
        ExpressionAttributeValues={":s": sign},
    )
