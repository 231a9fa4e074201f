"""Buses at a depot: a table's wrapper that puts its texts together of what it is handed."""
from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import ClientError


class Refused(Exception):
    """Somebody else was first."""


class Fleet:
    def __init__(self, name: str) -> None:
        self.table = boto3.resource("dynamodb").Table(name)

    def bus(self, plate: str) -> dict[str, Any] | None:
        return self.table.get_item(Key={"plate": plate}).get("Item")

    def change(self, plate: str, fields: dict[str, Any], *, when: dict[str, Any] | None = None) -> None:
        names = {f"#{k}": k for k in (*fields, *(when or {}))}
        values = {f":new_{k}": v for k, v in fields.items()}
        kwargs: dict[str, Any] = {
            "Key": {"plate": plate},
            "UpdateExpression": "SET " + ", ".join(f"#{k} = :new_{k}" for k in fields),
        }
        if when:
            values |= {f":old_{k}": v for k, v in when.items()}
            kwargs["ConditionExpression"] = " AND ".join(f"#{k} = :old_{k}" for k in when)
        kwargs["ExpressionAttributeNames"] = names
        kwargs["ExpressionAttributeValues"] = values
        try:
            self.table.update_item(**kwargs)
        except ClientError as err:
            if err.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Refused(plate) from err
            raise


class Dispatch:
    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet

    # case: the names are those of two mappings, the second of which is not given
    def take(self, plate: str, driver: str) -> bool:
        bus = self.fleet.bus(plate)
        if bus is None or bus["state"] != "parked":
            return False
        self.fleet.change(plate, {"state": "out", "driver": driver})  # expect: check-then-act
        return True

    # case: what was looked at goes along as the condition
    def bring_back(self, plate: str, driver: str, bay: str) -> bool:
        bus = self.fleet.bus(plate)
        if bus is None or bus["state"] != "out" or bus["driver"] != driver:
            return False
        try:
            self.fleet.change(plate, {"state": "parked", "bay": bay}, when={"state": "out", "driver": driver})
        except Refused:
            return False
        return True
