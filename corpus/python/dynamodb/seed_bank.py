"""Seed bank: lots read in pages and batches, balances kept by their keys."""
from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import Any

import boto3

client = boto3.client("dynamodb")
resource = boto3.resource("dynamodb")
lots = resource.Table("seed-lots")
LOTS = os.environ["LOTS_TABLE"]
VAULTS = os.environ["VAULTS_TABLE"]


# case: id=py-ddb-1750 label=race rule=lost-update tier=2 note=all pages in one result, each row counted up and set
def age_lots(shelf: str) -> None:
    result = client.get_paginator("query").paginate(
        TableName=LOTS,
        KeyConditionExpression="shelf = :s",
        ExpressionAttributeValues={":s": {"S": shelf}},
    ).build_full_result()
    for raw in result["Items"]:
        client.update_item(  # expect: lost-update
            TableName=LOTS,
            Key={"shelf": raw["shelf"], "lot": raw["lot"]},
            UpdateExpression="SET seasons = :n",
            ExpressionAttributeValues={":n": {"N": str(int(raw["seasons"]["N"]) + 1)}},
        )


# case: id=py-ddb-1751 label=race rule=lost-update tier=2 note=what all pages hold, searched for
def dry_lots(shelf: str) -> None:
    pages = client.get_paginator("query").paginate(
        TableName=LOTS,
        KeyConditionExpression="shelf = :s",
        ExpressionAttributeValues={":s": {"S": shelf}},
    )
    for raw in pages.search("Items[]"):
        client.update_item(  # expect: lost-update
            TableName=LOTS,
            Key={"shelf": raw["shelf"], "lot": raw["lot"]},
            UpdateExpression="SET moisture = :m",
            ExpressionAttributeValues={":m": {"N": str(int(raw["moisture"]["N"]) - 1)}},
        )


# case: id=py-ddb-1752 label=safe tier=2 note=the pages tell which, the table counts
def age_lots_there(shelf: str) -> None:
    pages = client.get_paginator("query").paginate(
        TableName=LOTS,
        KeyConditionExpression="shelf = :s",
        ExpressionAttributeValues={":s": {"S": shelf}},
    )
    for raw in pages.search("Items[]"):
        client.update_item(
            TableName=LOTS,
            Key={"shelf": raw["shelf"], "lot": raw["lot"]},
            UpdateExpression="ADD seasons :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )


# case: id=py-ddb-1753 label=race rule=lost-update tier=2 note=many items by their keys, each set from what was found
def thin_out(names: list[str], percent: int) -> None:
    response = client.batch_get_item(RequestItems={LOTS: {"Keys": [{"lot": {"S": name}} for name in names]}})
    for raw in response["Responses"].get(LOTS, []):
        kept = int(raw["grains"]["N"]) * (100 - percent) // 100
        client.update_item(  # expect: lost-update
            TableName=LOTS,
            Key={"lot": raw["lot"]},
            UpdateExpression="SET grains = :g",
            ExpressionAttributeValues={":g": {"N": str(kept)}},
        )


# case: id=py-ddb-1754 label=race rule=lost-update tier=2 note=one item by a batch, changed and put back
def rename(name: str, label: str) -> None:
    found = resource.batch_get_item(RequestItems={"seed-lots": {"Keys": [{"lot": name}]}})
    item = found["Responses"]["seed-lots"][0]
    item["revisions"] += 1
    item["label"] = label
    lots.put_item(Item=item)  # expect: lost-update


# case: id=py-ddb-1755 label=safe tier=2 note=put back under the revision that the batch found
def rename_checked(name: str, label: str) -> None:
    found = resource.batch_get_item(RequestItems={"seed-lots": {"Keys": [{"lot": name}]}})
    item = found["Responses"]["seed-lots"][0]
    seen = item["revisions"]
    item["revisions"] = seen + 1
    item["label"] = label
    lots.put_item(
        Item=item,
        ConditionExpression="revisions = :seen",
        ExpressionAttributeValues={":seen": seen},
    )


# case: id=py-ddb-1756 label=race rule=lost-update tier=2 note=weights kept in a mapping by a key that varies, written for each of its keys
def decant(source: str, target: str, grams: int) -> None:
    weights: dict[str, int] = {}
    for vault in (source, target):
        raw = client.get_item(TableName=VAULTS, Key={"id": {"S": vault}})["Item"]
        weights[vault] = int(raw["grams"]["N"])
    if weights[source] < grams:
        raise ValueError("not enough seed")
    weights[source] -= grams
    weights[target] += grams
    client.transact_write_items(  # expect: lost-update
        TransactItems=[
            {
                "Update": {
                    "TableName": VAULTS,
                    "Key": {"id": {"S": vault}},
                    "UpdateExpression": "SET grams = :g",
                    "ExpressionAttributeValues": {":g": {"N": str(left)}},
                }
            }
            for vault, left in weights.items()
        ]
    )


# case: id=py-ddb-1757 label=race rule=lost-update tier=2 note=a mapping made by a comprehension, changed in a loop over the same names
def top_up(names: list[str], grams: int) -> None:
    weights = {
        name: int(client.get_item(TableName=VAULTS, Key={"id": {"S": name}})["Item"]["grams"]["N"]) for name in names
    }
    for name in names:
        weights[name] += grams
    for vault in weights:
        client.update_item(  # expect: lost-update
            TableName=VAULTS,
            Key={"id": {"S": vault}},
            UpdateExpression="SET grams = :g",
            ExpressionAttributeValues={":g": {"N": str(weights[vault])}},
        )


# case: id=py-ddb-1758 label=safe tier=2 note=the weights are the condition of the transaction
def decant_checked(source: str, target: str, grams: int) -> None:
    weights: dict[str, int] = {}
    for vault in (source, target):
        raw = client.get_item(TableName=VAULTS, Key={"id": {"S": vault}})["Item"]
        weights[vault] = int(raw["grams"]["N"])
    change = {source: -grams, target: grams}
    client.transact_write_items(
        TransactItems=[
            {
                "Update": {
                    "TableName": VAULTS,
                    "Key": {"id": {"S": vault}},
                    "UpdateExpression": "SET grams = :g",
                    "ConditionExpression": "grams = :seen",
                    "ExpressionAttributeValues": {
                        ":g": {"N": str(seen + change[vault])},
                        ":seen": {"N": str(seen)},
                    },
                }
            }
            for vault, seen in weights.items()
        ]
    )


# case: id=py-ddb-1759 label=race rule=lost-update tier=3 note=reads waited for together, both written from them
async def swap_stock(one: str, other: str, grams: int) -> None:
    first, second = await asyncio.gather(
        asyncio.to_thread(lots.get_item, Key={"lot": one}),
        asyncio.to_thread(lots.get_item, Key={"lot": other}),
    )
    if first["Item"]["grams"] < grams:
        raise ValueError(one)
    await asyncio.gather(
        asyncio.to_thread(  # expect: lost-update
            lots.update_item,
            Key={"lot": one},
            UpdateExpression="SET grams = :g",
            ExpressionAttributeValues={":g": first["Item"]["grams"] - grams},
        ),
        asyncio.to_thread(  # expect: lost-update
            lots.update_item,
            Key={"lot": other},
            UpdateExpression="SET grams = :g",
            ExpressionAttributeValues={":g": second["Item"]["grams"] + grams},
        ),
    )


# case: id=py-ddb-1760 label=race rule=lost-update tier=3 note=read through a partial on the loop's own threads
async def sprout(name: str) -> None:
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(None, partial(lots.get_item, Key={"lot": name}))
    trials = found["Item"]["trials"] + 1
    store = partial(lots.update_item, Key={"lot": name}, UpdateExpression="SET trials = :t")
    await loop.run_in_executor(None, partial(store, ExpressionAttributeValues={":t": trials}))  # expect: lost-update


# case: id=py-ddb-1761 label=safe tier=3 note=the condition stands in the partial
async def sprout_checked(name: str) -> None:
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(None, partial(lots.get_item, Key={"lot": name}))
    trials = found["Item"]["trials"]
    store = partial(
        lots.update_item,
        Key={"lot": name},
        UpdateExpression="SET trials = :t",
        ConditionExpression="trials = :seen",
    )
    values: dict[str, Any] = {":t": trials + 1, ":seen": trials}
    await loop.run_in_executor(None, partial(store, ExpressionAttributeValues=values))


class LotEditor:
    """Edits one lot; whoever uses it enters and leaves it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lot: dict[str, Any] = {}

    def __enter__(self) -> "LotEditor":
        self._lot = lots.get_item(Key={"lot": self.name})["Item"]
        return self

    # case: id=py-ddb-1762 label=race rule=stale-overwrite tier=3 note=what was read on entering is put back on leaving
    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self._lot["edited"] = True
            lots.put_item(Item=self._lot)  # expect: stale-overwrite


class CheckedLotEditor:
    def __init__(self, name: str) -> None:
        self.name = name
        self._lot: dict[str, Any] = {}

    def __enter__(self) -> "CheckedLotEditor":
        self._lot = lots.get_item(Key={"lot": self.name})["Item"]
        return self

    # case: id=py-ddb-1763 label=safe tier=3 note=the same under the revision that was read
    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        seen = self._lot["revisions"]
        if kind is None:
            lots.put_item(
                Item={**self._lot, "edited": True, "revisions": seen + 1},
                ConditionExpression="revisions = :seen",
                ExpressionAttributeValues={":seen": seen},
            )
