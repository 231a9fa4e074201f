"""Boilers of a district: locks that are asked for several times before they are got."""
from __future__ import annotations

import time
import uuid
from types import TracebackType
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

dynamodb = boto3.resource("dynamodb")
boilers = dynamodb.Table("boilers")
locks = dynamodb.Table("boiler-locks")


class StillLocked(Exception):
    pass


class BoilerLock:
    def __init__(self, boiler: str, tries: int = 5, seconds: int = 20) -> None:
        self.name = f"boiler/{boiler}"
        self.owner = uuid.uuid4().hex
        self.tries = tries
        self.seconds = seconds

    def __enter__(self) -> "BoilerLock":
        for turn in range(self.tries):
            now = int(time.time())
            try:
                locks.put_item(
                    Item={"lock": self.name, "owner": self.owner, "ends_at": now + self.seconds},
                    ConditionExpression=Attr("lock").not_exists() | Attr("ends_at").lt(now),
                )
                return self
            except ClientError as exc:
                if exc.response["Error"]["Code"] != "ConditionalCheckFailedException":
                    raise
                time.sleep(0.1 * 2**turn)
        raise StillLocked(self.name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            locks.delete_item(Key={"lock": self.name}, ConditionExpression=Attr("owner").eq(self.owner))
        except locks.meta.client.exceptions.ConditionalCheckFailedException:
            pass


def take(name: str, owner: str) -> bool:
    now = int(time.time())
    try:
        locks.put_item(
            Item={"lock": name, "owner": owner, "ends_at": now + 20},
            ConditionExpression=Attr("lock").not_exists() | Attr("ends_at").lt(now),
        )
    except locks.meta.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def give_up(name: str, owner: str) -> None:
    locks.update_item(
        Key={"lock": name},
        UpdateExpression="SET ends_at = :gone",
        ConditionExpression=Attr("owner").eq(owner),
        ExpressionAttributeValues={":gone": 0},
    )


# case: id=py-ddb-7730 label=safe tier=3 note=the lock was got in one of several tries, else nothing follows
def add_reading(boiler: str, reading: dict[str, Any]) -> None:
    with BoilerLock(boiler):
        readings = boilers.get_item(Key={"boiler": f"B#{boiler}"}, ConsistentRead=True)["Item"]["readings"]
        boilers.update_item(
            Key={"boiler": f"B#{boiler}"},
            UpdateExpression="SET readings = :r",
            ExpressionAttributeValues={":r": [*readings, reading]},
        )


# case: id=py-ddb-7731 label=safe tier=3 note=waits until it has the lock
def add_fault(boiler: str, fault: str) -> None:
    owner, name = uuid.uuid4().hex, f"boiler/{boiler}"
    while not take(name, owner):
        time.sleep(0.5)
    try:
        faults = boilers.get_item(Key={"boiler": f"B#{boiler}"}, ConsistentRead=True)["Item"]["faults"]
        boilers.update_item(
            Key={"boiler": f"B#{boiler}"},
            UpdateExpression="SET faults = :f",
            ExpressionAttributeValues={":f": [*faults, fault]},
        )
    finally:
        give_up(name, owner)


# case: id=py-ddb-7732 label=race rule=lost-update tier=3 note=after the last try it goes on without the lock
def add_note(boiler: str, note: str) -> None:
    owner, name = uuid.uuid4().hex, f"boiler/{boiler}"
    for _ in range(10):
        if take(name, owner):
            break
        time.sleep(0.5)
    try:
        notes = boilers.get_item(Key={"boiler": f"B#{boiler}"}, ConsistentRead=True)["Item"]["notes"]
        boilers.update_item(  # expect: lost-update
            Key={"boiler": f"B#{boiler}"},
            UpdateExpression="SET notes = :n",
            ExpressionAttributeValues={":n": [*notes, note]},
        )
    finally:
        give_up(name, owner)


# case: id=py-ddb-7733 label=race rule=lost-update tier=3 note=the lock is that of the room, which a boiler may share or not
def add_part(boiler: str, room: str, part: str) -> None:
    with BoilerLock(room):
        parts = boilers.get_item(Key={"boiler": f"B#{boiler}"}, ConsistentRead=True)["Item"]["parts"]
        boilers.update_item(  # expect: lost-update
            Key={"boiler": f"B#{boiler}"},
            UpdateExpression="SET parts = :p",
            ExpressionAttributeValues={":p": [*parts, part]},
        )
