"""Tariffs: changes that may be left out, and updates whose parts are numbered."""
from __future__ import annotations

from typing import Any

import boto3

tariffs = boto3.resource("dynamodb").Table("tariffs")


# case: id=py-ddb-2301 label=race rule=stale-overwrite tier=2 note=whatever is changed, the rest goes back as it was read
def amend(tariff_id: str, changes: dict[str, Any] | None = None) -> None:
    tariff = tariffs.get_item(Key={"tariff_id": tariff_id})["Item"]
    tariff.update(changes or {})
    tariffs.put_item(Item=tariff)  # expect: stale-overwrite


# case: id=py-ddb-2302 label=safe tier=2 note=the same while the tariff is as it was read
def amend_version(tariff_id: str, changes: dict[str, Any] | None = None) -> None:
    tariff = tariffs.get_item(Key={"tariff_id": tariff_id})["Item"]
    seen = tariff["version"]
    tariff.update(changes or {})
    tariff["version"] = seen + 1
    tariffs.put_item(
        Item=tariff,
        ConditionExpression="version = :seen",
        ExpressionAttributeValues={":seen": seen},
    )


def patch(tariff_id: str, changes: dict[str, Any]) -> None:
    names = {f"#f{i}": name for i, name in enumerate(changes)}
    values = {f":v{i}": value for i, value in enumerate(changes.values())}
    tariffs.update_item(
        Key={"tariff_id": tariff_id},
        UpdateExpression="SET " + ", ".join(f"#f{i} = :v{i}" for i in range(len(changes))),
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )


# case: id=py-ddb-2303 label=race rule=check-then-act tier=3 note=the parts of the update are counted through
def publish(tariff_id: str, clerk: str) -> None:
    tariff = tariffs.get_item(Key={"tariff_id": tariff_id})["Item"]
    if tariff["status"] != "draft":
        raise ValueError(tariff_id)
    patch(tariff_id, {"status": "public", "published_by": clerk})  # expect: check-then-act


# case: id=py-ddb-2304 label=safe tier=3 note=what is patched is nothing that was tested
def annotate(tariff_id: str, note: str) -> None:
    tariff = tariffs.get_item(Key={"tariff_id": tariff_id})["Item"]
    if tariff["kind"] != "internal":
        raise ValueError(tariff_id)
    patch(tariff_id, {"note": note})
