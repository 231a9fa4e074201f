"""Locks of harbour cranes that run out, and what is done with them."""
from __future__ import annotations

import os
import time

import boto3
from boto3.dynamodb.conditions import Attr

dynamodb = boto3.resource("dynamodb")
cranes = dynamodb.Table(os.environ["CRANE_LOCKS_TABLE"])
hoists = dynamodb.Table(os.environ["HOIST_LOCKS_TABLE"])
Refused = cranes.meta.client.exceptions.ConditionalCheckFailedException


# case: id=py-ddb-1550 label=race rule=non-atomic-lock tier=2 note=a lock whose time is looked at, then taken by a plain put
def take(crane: str, driver: str, seconds: int = 30) -> bool:
    lock = cranes.get_item(Key={"crane": crane}, ConsistentRead=True).get("Item")
    if lock and lock["until"] > time.time():
        return False
    cranes.put_item(Item={"crane": crane, "locked_by": driver, "until": int(time.time()) + seconds})  # expect: non-atomic-lock
    return True


# case: id=py-ddb-1551 label=race rule=check-then-act|non-atomic-lock tier=2 note=whose it is was looked at, another driver may have put his own in between
def give_back(crane: str, driver: str) -> None:
    lock = cranes.get_item(Key={"crane": crane}, ConsistentRead=True).get("Item")
    if lock is None:
        return
    mine = lock["locked_by"] == driver
    if mine:
        cranes.delete_item(Key={"crane": crane})  # expect: check-then-act|non-atomic-lock


# case: id=py-ddb-1552 label=safe tier=2 note=taken by one put that passes where the time is over
def take_once(crane: str, driver: str, seconds: int = 30) -> bool:
    now = int(time.time())
    try:
        cranes.put_item(
            Item={"crane": crane, "locked_by": driver, "until": now + seconds},
            ConditionExpression=Attr("crane").not_exists() | Attr("until").lt(now),
        )
    except Refused:
        return False
    return True


# case: id=py-ddb-1553 label=safe tier=2 note=given back only while it is the driver's own
def give_back_owned(crane: str, driver: str) -> bool:
    try:
        cranes.delete_item(Key={"crane": crane}, ConditionExpression=Attr("locked_by").eq(driver))
    except Refused:
        return False
    return True


# case: id=py-ddb-1554 label=safe tier=2 note=put only where there is none
def reserve_hoist(hoist: str, driver: str) -> bool:
    try:
        hoists.put_item(
            Item={"hoist": hoist, "held_by": driver},
            ConditionExpression=Attr("hoist").not_exists(),
        )
    except Refused:
        return False
    return True


# case: id=py-ddb-1555 label=safe tier=2 note=nothing puts another driver in the place of the one who is there
def release_hoist(hoist: str, driver: str) -> None:
    lock = hoists.get_item(Key={"hoist": hoist}).get("Item")
    if lock and lock["held_by"] == driver:
        hoists.delete_item(Key={"hoist": hoist})
