"""Drydocks of a yard: a client that locks by key in a table of its own, entered with `with` or released by hand."""
from __future__ import annotations

from typing import Any

import boto3
from python_dynamodb_lock.python_dynamodb_lock import DynamoDBLockClient


class Docks:
    def __init__(self, locks: DynamoDBLockClient, table: Any) -> None:
        self._locks = locks
        self._table = table

    def _dock(self, number: str) -> dict[str, Any]:
        found = self._table.get_item(Key={"dock": number}, ConsistentRead=True)
        return found.get("Item") or {"dock": number, "ships": []}

    def berth(self, number: str, ship: str) -> None:
        with self._locks.acquire_lock(f"dock-{number}"):
            dock = self._dock(number)
            dock["ships"].append(ship)
            self._table.put_item(Item=dock)

    def berth_late(self, number: str, ship: str) -> None:
        dock = self._dock(number)
        with self._locks.acquire_lock(f"dock-{number}"):
            dock["ships"].append(ship)
            self._table.put_item(Item=dock)  # expect: read-before-lock|lost-update

    def berth_after(self, number: str, ship: str) -> None:
        with self._locks.acquire_lock(f"dock-{number}"):
            dock = self._dock(number)
        dock["ships"].append(ship)
        self._table.put_item(Item=dock)  # expect: lost-update


tides = boto3.resource("dynamodb").Table("tides")
tide_locks = DynamoDBLockClient(boto3.resource("dynamodb"), table_name="locks")


def note_level(gauge: str, level: int) -> None:
    lock = tide_locks.acquire_lock(gauge)
    try:
        item = tides.get_item(Key={"gauge": gauge})["Item"]
        tides.put_item(Item={"gauge": gauge, "highest": max(int(item["highest"]), level)})
    finally:
        lock.release()


def note_level_late(gauge: str, level: int) -> None:
    lock = tide_locks.acquire_lock(gauge)
    item = tides.get_item(Key={"gauge": gauge})["Item"]
    lock.release()
    tides.put_item(Item={"gauge": gauge, "highest": max(int(item["highest"]), level)})  # expect: lost-update
