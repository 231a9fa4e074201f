"""Cabins of a cable car: records made of items, and what is written from them."""
from __future__ import annotations

import dataclasses
import time
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

client = boto3.client("dynamodb")
TABLE = "cable-car"
_write, _read = TypeSerializer().serialize, TypeDeserializer().deserialize


class NotFree(Exception):
    pass


def packed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _write(value) for name, value in values.items()}


@dataclass
class Cabin:
    pk: str
    sk: str
    state: str = "parked"
    seats: int = 8
    line: str | None = None
    checked_at: int = 0

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Cabin":
        raw = {name: _read(value) for name, value in item.items()}
        names = {f.name for f in dataclasses.fields(cls)}
        return cls(**{n: int(v) if isinstance(v, Decimal) else v for n, v in raw.items() if n in names})


def cabin_key(number: str) -> dict[str, Any]:
    return packed({"pk": f"CABIN#{number}", "sk": "STATE"})


# case: id=py-ddb-7710 label=race rule=check-then-act tier=2 note=numbers are converted and the rest is kept, the state tested is the stored one; the only condition is on the new trip
def hang_in(number: str, line: str) -> str:
    found = client.get_item(TableName=TABLE, Key=cabin_key(number), ConsistentRead=True).get("Item")
    if found is None:
        raise NotFree(number)
    cabin = Cabin.of(found)
    if cabin.state != "parked":
        raise NotFree(number)
    trip = uuid.uuid4().hex
    client.transact_write_items(  # expect: check-then-act
        TransactItems=[
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": packed({"pk": f"TRIP#{trip}", "sk": "HEAD", "cabin": number}),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            {
                "Update": {
                    "TableName": TABLE,
                    "Key": cabin_key(number),
                    "UpdateExpression": "SET #s = :hung, line = :l",
                    "ExpressionAttributeNames": {"#s": "state"},
                    "ExpressionAttributeValues": packed({":hung": "hung", ":l": line}),
                }
            },
        ]
    )
    return trip


# case: id=py-ddb-7711 label=safe tier=2 note=the same with the state in the update's own condition
def hang_in_checked(number: str, line: str) -> None:
    found = client.get_item(TableName=TABLE, Key=cabin_key(number), ConsistentRead=True).get("Item")
    if found is None or Cabin.of(found).state != "parked":
        raise NotFree(number)
    try:
        client.update_item(
            TableName=TABLE,
            Key=cabin_key(number),
            UpdateExpression="SET #s = :hung, line = :l",
            ConditionExpression="#s = :parked",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues=packed({":hung": "hung", ":parked": "parked", ":l": line}),
        )
    except client.exceptions.ConditionalCheckFailedException:
        raise NotFree(number) from None


# case: id=py-ddb-7712 label=race rule=stale-overwrite tier=3 note=the whole cabin goes back with the state that it had
def note_check(number: str) -> None:
    found = client.get_item(TableName=TABLE, Key=cabin_key(number))["Item"]
    cabin = Cabin.of(found)
    cabin.checked_at = int(time.time())
    client.put_item(TableName=TABLE, Item=packed(dataclasses.asdict(cabin)))  # expect: stale-overwrite


@dataclass
class Roster:
    roster_id: str
    version: int = 0
    guards: list[str] = field(default_factory=list)
    hours: int = 0

    def add(self, guard: str, hours: int) -> None:
        self.guards.append(guard)
        self.hours += hours

    @property
    def key(self) -> dict[str, str]:
        return {"part": f"ROSTER#{self.roster_id}", "kind": "HEAD"}


class RosterDesk:
    def __init__(self, table: Any) -> None:
        self._table = table

    def _load(self, roster_id: str) -> Roster:
        item = self._table.get_item(Key={"part": f"ROSTER#{roster_id}", "kind": "HEAD"}, ConsistentRead=True)["Item"]
        names = {f.name for f in dataclasses.fields(Roster)}
        return Roster(**{n: v for n, v in item.items() if n in names})

    def call_in(self, roster_id: str, guard: str, hours: int) -> None:
        roster = self._load(roster_id)
        roster.add(guard, hours)
        self._store(roster)

    def send_home(self, roster_id: str, guard: str) -> None:
        roster = self._load(roster_id)
        roster.guards = [g for g in roster.guards if g != guard]
        self._store_next(roster)

    # case: id=py-ddb-7713 label=race rule=lost-update tier=3 note=the key is the record's own, the version is compared and stays as it is
    def _store(self, roster: Roster) -> None:
        self._table.update_item(  # expect: lost-update
            Key=roster.key,
            UpdateExpression="SET guards = :g, hours = :h",
            ConditionExpression="version = :seen",
            ExpressionAttributeValues={":g": roster.guards, ":h": roster.hours, ":seen": roster.version},
        )

    # case: id=py-ddb-7714 label=safe tier=3 note=compared and advanced
    def _store_next(self, roster: Roster) -> None:
        self._table.update_item(
            Key=roster.key,
            UpdateExpression="SET guards = :g, version = :next",
            ConditionExpression="version = :seen",
            ExpressionAttributeValues={
                ":g": roster.guards,
                ":seen": roster.version,
                ":next": roster.version + 1,
            },
        )
