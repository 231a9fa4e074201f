"""Leaders: leases that can run out, given back with and without asking whose they are."""
from __future__ import annotations

import os
import time
import uuid
from typing import Any, Callable

import boto3
from boto3.dynamodb.conditions import Attr

table = boto3.resource("dynamodb").Table(os.environ["LEASES_TABLE"])
Refused = table.meta.client.exceptions.ConditionalCheckFailedException


# case: id=py-ddb-1300 label=race rule=non-atomic-lock tier=3 note=work may take longer than the lease, the delete does not ask
def lead(role: str, work: Callable[[], None]) -> bool:
    now = int(time.time())
    try:
        table.put_item(
            Item={"role": role, "leader": uuid.uuid4().hex, "until": now + 30},
            ConditionExpression=Attr("role").not_exists() | Attr("until").lt(now),
        )
    except Refused:
        return False
    work()
    table.delete_item(Key={"role": role})  # expect: non-atomic-lock
    return True


# case: id=py-ddb-1301 label=safe tier=3 note=the delete compares the leader
def lead_safely(role: str, work: Callable[[], None]) -> bool:
    now = int(time.time())
    me = uuid.uuid4().hex
    try:
        table.put_item(
            Item={"role": role, "leader": me, "until": now + 30},
            ConditionExpression=Attr("role").not_exists() | Attr("until").lt(now),
        )
    except Refused:
        return False
    work()
    table.delete_item(Key={"role": role}, ConditionExpression=Attr("leader").eq(me))
    return True


# case: id=py-ddb-1302 label=safe tier=2 note=an item that nobody may take over is still ours when it is deleted
def once(name: str, work: Callable[[], None]) -> bool:
    try:
        table.put_item(Item={"role": f"once#{name}"}, ConditionExpression=Attr("role").not_exists())
    except Refused:
        return False
    work()
    table.delete_item(Key={"role": f"once#{name}"})
    return True


class Elections:
    def __init__(self, region: str) -> None:
        self.region = region
        self.me = uuid.uuid4().hex
        self.leases = boto3.resource("dynamodb").Table("elections")

    def campaign(self, seconds: int) -> bool:
        now = int(time.time())
        try:
            self.leases.update_item(
                Key={"region": self.region},
                UpdateExpression="SET leader = :me, until = :end",
                ConditionExpression="attribute_not_exists(leader) OR until < :now",
                ExpressionAttributeValues={":me": self.me, ":end": now + seconds, ":now": now},
            )
        except Refused:
            return False
        return True

    # case: id=py-ddb-1303 label=race rule=non-atomic-lock tier=3 note=another method takes the lease with an end
    def resign(self) -> None:
        self.leases.delete_item(Key={"region": self.region})  # expect: non-atomic-lock

    # case: id=py-ddb-1304 label=safe tier=2 note=another item of the same table
    def forget_votes(self, voter: str) -> None:
        self.leases.delete_item(Key={"region": f"votes#{voter}"})


class Archive:
    def __init__(self) -> None:
        self.pages = boto3.resource("dynamodb").Table("pages")

    def store(self, page: dict[str, Any]) -> None:
        self.pages.put_item(Item=page, ConditionExpression=Attr("slug").not_exists())

    # case: id=py-ddb-1305 label=safe tier=1 note=an item that is created once and deleted is no lock
    def remove(self, slug: str) -> None:
        self.pages.delete_item(Key={"slug": slug})
