"""Beehives on rented sites: one that is looked for among the items of an index, however the search is written."""
from __future__ import annotations

import os
import time
import uuid
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

hives = boto3.resource("dynamodb").Table(os.environ["HIVES_TABLE"])


class SiteTaken(Exception):
    pass


def _on_site(site: str) -> list[dict[str, Any]]:
    page = hives.query(
        IndexName="by-site",
        KeyConditionExpression=Key("site").eq(site),
        FilterExpression=Attr("leased_until").gt(int(time.time())),
    )
    return page["Items"]


# case: id=py-ddb-2900 label=race rule=check-then-create tier=2 note=the stand is looked for with any(), the condition covers a fresh key
def register(site: str, stand: str, keeper: str) -> str:
    if any(hive["stand"] == stand for hive in _on_site(site)):
        raise SiteTaken(stand)
    hive_id = uuid.uuid4().hex
    hives.put_item(  # expect: check-then-create
        Item={"hive_id": hive_id, "site": site, "stand": stand, "keeper": keeper},
        ConditionExpression="attribute_not_exists(hive_id)",
    )
    return hive_id


# case: id=py-ddb-2901 label=safe tier=2 note=site and stand are the key, the condition covers what was looked for
def register_by_stand(site: str, stand: str, keeper: str) -> str:
    hive_id = f"{site}#{stand}"
    if any(hive["hive_id"] == hive_id for hive in _on_site(site)):
        raise SiteTaken(stand)
    try:
        hives.put_item(
            Item={"hive_id": hive_id, "site": site, "keeper": keeper},
            ConditionExpression="attribute_not_exists(hive_id)",
        )
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise SiteTaken(stand) from exc
        raise
    return hive_id


# case: id=py-ddb-2902 label=race rule=check-then-create tier=2 note=all of them have another stand
def lease(site: str, stand: str, keeper: str) -> None:
    if not all(hive["stand"] != stand for hive in _on_site(site)):
        raise SiteTaken(stand)
    hives.put_item(  # expect: check-then-create
        Item={"hive_id": uuid.uuid4().hex, "site": site, "stand": stand, "keeper": keeper}
    )


# case: id=py-ddb-2903 label=race rule=check-then-create tier=2 note=the loop is left by a failure where one is found
def sublet(site: str, stand: str, keeper: str) -> None:
    for hive in _on_site(site):
        if hive["stand"] == stand and not hive.get("vacant"):
            raise SiteTaken(stand)
    hives.put_item(  # expect: check-then-create
        Item={"hive_id": uuid.uuid4().hex, "site": site, "stand": stand, "keeper": keeper}
    )


# case: id=py-ddb-2904 label=race rule=check-then-create tier=2 note=the first of that stand, or nothing
def reserve(site: str, stand: str, keeper: str) -> dict[str, Any]:
    present = next((hive for hive in _on_site(site) if hive["stand"] == stand), None)
    if present is not None:
        return present
    hive = {"hive_id": uuid.uuid4().hex, "site": site, "stand": stand, "keeper": keeper}
    hives.put_item(Item=hive)  # expect: check-then-create
    return hive


# case: id=py-ddb-2905 label=race rule=check-then-create tier=2 note=any of those that were chosen is there
def borrow(site: str, stand: str, keeper: str) -> None:
    if any(hive for hive in _on_site(site) if hive["stand"] == stand):
        raise SiteTaken(stand)
    hives.put_item(  # expect: check-then-create
        Item={"hive_id": uuid.uuid4().hex, "site": site, "stand": stand, "keeper": keeper}
    )


# case: id=py-ddb-2906 label=safe tier=2 note=what is put has nothing to do with what was looked for
def note_visit(site: str, stand: str, visitor: str) -> None:
    if any(hive["stand"] == stand for hive in _on_site(site)):
        raise SiteTaken(stand)
    hives.put_item(Item={"hive_id": uuid.uuid4().hex, "site": "visits", "visitor": visitor})
