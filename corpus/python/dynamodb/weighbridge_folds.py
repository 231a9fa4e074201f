"""Weighbridges: a thin layer that sets what it is handed, under conditions folded from what is expected."""
from __future__ import annotations

import os
from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, ConditionBase


class Bridges:
    def __init__(self) -> None:
        self.table = boto3.resource("dynamodb").Table(os.environ["BRIDGES_TABLE"])

    def load(self, bridge_id: str) -> dict[str, Any]:
        return self.table.get_item(Key={"bridge_id": bridge_id}, ConsistentRead=True)["Item"]

    def patch(
        self, bridge_id: str, changes: Mapping[str, Any], expected: Mapping[str, Any] | None = None
    ) -> None:
        tests: list[ConditionBase] = [Attr("bridge_id").exists()]
        tests += [Attr(name).eq(value) for name, value in (expected or {}).items()]
        self.table.update_item(
            Key={"bridge_id": bridge_id},
            UpdateExpression="SET " + ", ".join(f"#c{i} = :c{i}" for i in range(len(changes))),
            ConditionExpression=reduce(and_, tests),
            ExpressionAttributeNames={f"#c{i}": name for i, name in enumerate(changes)},
            ExpressionAttributeValues={f":c{i}": v for i, v in enumerate(changes.values())},
        )


bridges = Bridges()


# case: id=py-ddb-2601 label=race rule=check-then-act tier=4 note=nothing is expected, so the folded condition is existence alone
def close(bridge_id: str, by: str) -> None:
    bridge = bridges.load(bridge_id)
    if bridge["state"] != "open" or bridge["queued"]:
        raise ValueError(bridge_id)
    bridges.patch(bridge_id, {"state": "closed", "closed_by": by})  # expect: check-then-act


# case: id=py-ddb-2602 label=safe tier=4 note=what was tested is folded into the condition
def reopen(bridge_id: str) -> None:
    bridge = bridges.load(bridge_id)
    if bridge["state"] != "closed" or bridge["queued"]:
        raise ValueError(bridge_id)
    seen = {"state": bridge["state"], "queued": bridge["queued"]}
    bridges.patch(bridge_id, {"state": "open"}, expected=seen)
