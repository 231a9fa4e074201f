"""Berths in a harbour: a repository that builds its update expressions from the fields that it is given."""
from __future__ import annotations

import os
from typing import Any

import boto3

berths = boto3.resource("dynamodb").Table(os.environ["BERTHS_TABLE"])


class Taken(Exception):
    pass


class Berths:
    def load(self, berth_id: str) -> dict[str, Any]:
        return berths.get_item(Key={"berth_id": berth_id}, ConsistentRead=True)["Item"]

    def patch(self, berth_id: str, fields: dict[str, Any], expected: str | None = None) -> None:
        names = {f"#{name}": name for name in fields}
        values = {f":{name}": value for name, value in fields.items()}
        request: dict[str, Any] = {}
        if expected is not None:
            names["#status"] = "status"
            values[":expected"] = expected
            request["ConditionExpression"] = "#status = :expected"
        berths.update_item(
            Key={"berth_id": berth_id},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in fields),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            **request,
        )

    def put_fields(self, berth_id: str, **fields: Any) -> None:
        parts, values = [], {}
        for i, (name, value) in enumerate(fields.items()):
            parts.append(f"{name} = :v{i}")
            values[f":v{i}"] = value
        berths.update_item(
            Key={"berth_id": berth_id},
            UpdateExpression=f"SET {', '.join(parts)}",
            ExpressionAttributeValues=values,
        )


repository = Berths()


# case: id=py-ddb-1510 label=race rule=check-then-act tier=3 note=names and values come from a mapping that the caller writes out
def moor(berth_id: str, ship: str) -> None:
    berth = repository.load(berth_id)
    if berth["status"] != "free":
        raise Taken(berth_id)
    repository.patch(berth_id, {"status": "taken", "ship": ship})  # expect: check-then-act


# case: id=py-ddb-1511 label=safe tier=3 note=the same with the state that was read as a condition
def moor_once(berth_id: str, ship: str) -> None:
    berth = repository.load(berth_id)
    if berth["status"] != "free":
        raise Taken(berth_id)
    repository.patch(berth_id, {"status": "taken", "ship": ship}, expected="free")


# case: id=py-ddb-1512 label=race rule=check-then-act tier=3 note=keywords become the fields of the update
def reserve(berth_id: str, ship: str) -> None:
    berth = repository.load(berth_id)
    if berth["status"] != "free":
        raise Taken(berth_id)
    repository.put_fields(berth_id, status="reserved", ship=ship)  # expect: check-then-act


# case: id=py-ddb-1513 label=safe tier=3 note=fields that nobody tests are set
def rename(berth_id: str, label: str, side: str) -> None:
    berth = repository.load(berth_id)
    if berth["length"] < 4:
        raise ValueError(berth_id)
    repository.put_fields(berth_id, label=label, side=side)


# case: id=py-ddb-1514 label=race rule=check-then-act tier=2 note=fields that are there on some ways only
def close(berth_id: str, reason: str | None) -> None:
    berth = repository.load(berth_id)
    if berth["status"] != "free":
        raise Taken(berth_id)
    changes = {"status": "closed"}
    if reason:
        changes["reason"] = reason
    berths.update_item(  # expect: check-then-act
        Key={"berth_id": berth_id},
        UpdateExpression="SET " + ", ".join(f"#{k} = :{k}" for k in sorted(changes)),
        ExpressionAttributeNames={f"#{k}": k for k in changes},
        ExpressionAttributeValues={f":{k}": v for k, v in changes.items()},
    )


# case: id=py-ddb-1515 label=safe tier=2 note=the condition is built like the update, of what was read
def close_once(berth_id: str) -> None:
    berth = repository.load(berth_id)
    if berth["status"] != "free":
        raise Taken(berth_id)
    changes = {"status": "closed", "lamps": "off"}
    seen = {"status": berth["status"]}
    berths.update_item(
        Key={"berth_id": berth_id},
        UpdateExpression="SET " + ", ".join(f"#{k} = :{k}" for k in changes),
        ConditionExpression=" AND ".join(f"#{k} = :old_{k}" for k in seen),
        ExpressionAttributeNames={f"#{k}": k for k in changes},
        ExpressionAttributeValues={
            **{f":{k}": v for k, v in changes.items()},
            **{f":old_{k}": v for k, v in seen.items()},
        },
    )
