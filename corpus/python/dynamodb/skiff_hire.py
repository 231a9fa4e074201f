"""Skiffs for hire: records into which changes are spread before they are put back whole."""
from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import Any

import boto3

skiffs = boto3.resource("dynamodb").Table(os.environ["SKIFFS_TABLE"])


@dataclass
class Skiff:
    skiff_id: str
    name: str
    berth: str
    rate: int


def _load(skiff_id: str) -> dict[str, Any]:
    return skiffs.get_item(Key={"skiff_id": skiff_id})["Item"]


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


# case: id=py-ddb-3300 label=race rule=stale-overwrite|lost-update tier=2 note=keywords of any name put over a copy of the item
def amend(skiff_id: str, **changes: Any) -> None:
    skiff = _load(skiff_id)
    skiffs.put_item(Item=dict(skiff, **changes))  # expect: stale-overwrite|lost-update


# case: id=py-ddb-3301 label=race rule=stale-overwrite|lost-update tier=2 note=keywords of any name put into the item itself
def annotate(skiff_id: str, **notes: Any) -> None:
    skiff = _load(skiff_id)
    skiff.update(**notes)
    skiffs.put_item(Item=skiff)  # expect: stale-overwrite|lost-update


# case: id=py-ddb-3302 label=race rule=stale-overwrite|lost-update tier=3 note=what was chosen among the changes is spread over the item
def refit(skiff_id: str, body: dict[str, Any]) -> dict[str, Any]:
    refitted = dict(_load(skiff_id))
    refitted.update(_given(body))
    skiffs.put_item(Item=refitted)  # expect: stale-overwrite|lost-update
    return refitted


# case: id=py-ddb-3303 label=race rule=stale-overwrite|lost-update tier=2 note=a part of a request spread over the item
def repaint(event: dict[str, Any], context: object) -> None:
    skiff = _load(event["skiff_id"])
    skiffs.put_item(Item={**skiff, **event["colours"]})  # expect: stale-overwrite|lost-update


# case: id=py-ddb-3304 label=race rule=stale-overwrite|lost-update tier=3 note=two mappings given as keywords, the item and its changes
def overhaul(skiff_id: str, body: dict[str, Any]) -> None:
    skiff = _load(skiff_id)
    skiffs.put_item(Item=dict(**skiff, **_given(body)))  # expect: stale-overwrite|lost-update


# case: id=py-ddb-3305 label=race rule=stale-overwrite|lost-update tier=3 note=a record made of the item and its changes
def retype(skiff_id: str, body: dict[str, Any]) -> None:
    skiff = Skiff(**{**_load(skiff_id), **_given(body)})
    skiffs.put_item(Item=dataclasses.asdict(skiff))  # expect: stale-overwrite|lost-update


# case: id=py-ddb-3306 label=race rule=stale-overwrite|lost-update tier=3 note=every member is a given one or the old one
def relabel(skiff_id: str, body: dict[str, Any]) -> None:
    skiff = _load(skiff_id)
    skiffs.put_item(  # expect: stale-overwrite|lost-update
        Item={
            "skiff_id": skiff_id,
            "name": body.get("name", skiff["name"]),
            "berth": body.get("berth", skiff["berth"]),
            "rate": body.get("rate", skiff["rate"]),
        }
    )


# case: id=py-ddb-3307 label=race rule=stale-overwrite|lost-update tier=3 note=every member is an argument or, without one, the old one
def shift(skiff_id: str, name: str | None = None, berth: str | None = None, rate: int | None = None) -> None:
    skiff = _load(skiff_id)
    moved = {
        "skiff_id": skiff_id,
        "name": name or skiff["name"],
        "berth": berth or skiff["berth"],
        "rate": rate or skiff["rate"],
    }
    skiffs.put_item(Item=moved)  # expect: stale-overwrite|lost-update


# case: id=py-ddb-3308 label=safe tier=2 note=keywords spread over the item and put under the revision that was read
def amend_seen(skiff_id: str, **changes: Any) -> None:
    skiff = _load(skiff_id)
    skiffs.put_item(
        Item=dict(skiff, **{**changes, "revision": skiff["revision"] + 1}),
        ConditionExpression="revision = :seen",
        ExpressionAttributeValues={":seen": skiff["revision"]},
    )


# case: id=py-ddb-3309 label=safe tier=3 note=given members and old ones, put under the revision that was read
def relabel_seen(skiff_id: str, body: dict[str, Any]) -> None:
    skiff = _load(skiff_id)
    skiffs.put_item(
        Item={
            "skiff_id": skiff_id,
            "name": body.get("name", skiff["name"]),
            "berth": body.get("berth", skiff["berth"]),
            "revision": skiff["revision"] + 1,
        },
        ConditionExpression="revision = :seen",
        ExpressionAttributeValues={":seen": skiff["revision"]},
    )


# case: id=py-ddb-3310 label=safe tier=2 note=only what was given is written
def amend_given(skiff_id: str, name: str, berth: str) -> None:
    skiff = _load(skiff_id)
    if skiff["name"] == name:
        return
    skiffs.update_item(
        Key={"skiff_id": skiff_id},
        UpdateExpression="SET #n = :name, berth = :berth",
        ConditionExpression="#n = :seen",
        ExpressionAttributeNames={"#n": "name"},
        ExpressionAttributeValues={":name": name, ":berth": berth, ":seen": skiff["name"]},
    )
