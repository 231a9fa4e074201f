"""Climate programs of the glasshouses, changed under leases that are items of the same table."""
from __future__ import annotations

import contextlib
import functools
import inspect
import time
import uuid
from typing import Any, Callable, Iterator

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

houses = boto3.resource("dynamodb").Table("glasshouses")


class LeaseTaken(RuntimeError):
    pass


def house_key(house: str, part: str) -> dict[str, str]:
    return {"pk": f"HOUSE#{house}", "sk": part}


@contextlib.contextmanager
def lease(name: str, *, seconds: int = 30) -> Iterator[str]:
    holder, now = uuid.uuid4().hex, int(time.time())
    try:
        houses.put_item(
            Item={"pk": f"LEASE#{name}", "sk": "LEASE", "holder": holder, "until": now + seconds},
            ConditionExpression=Attr("pk").not_exists() | Attr("until").lt(now),
        )
    except houses.meta.client.exceptions.ConditionalCheckFailedException:
        raise LeaseTaken(name) from None
    try:
        yield holder
    finally:
        with contextlib.suppress(houses.meta.client.exceptions.ConditionalCheckFailedException):
            houses.delete_item(
                Key={"pk": f"LEASE#{name}", "sk": "LEASE"}, ConditionExpression=Attr("holder").eq(holder)
            )


@contextlib.contextmanager
def patient_lease(name: str, *, seconds: int = 30, wait: float = 4.0) -> Iterator[None]:
    """The same, asked for again until the time to wait is over."""
    holder, give_up = uuid.uuid4().hex, time.monotonic() + wait
    key = {"pk": f"LEASE#{name}", "sk": "LEASE"}
    while True:
        now = int(time.time())
        try:
            houses.put_item(
                Item={**key, "holder": holder, "until": now + seconds},
                ConditionExpression=Attr("pk").not_exists() | Attr("until").lt(now),
            )
            break
        except ClientError as exc:
            if exc.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            if time.monotonic() > give_up:
                raise LeaseTaken(name) from exc
            time.sleep(0.2)
    try:
        yield
    finally:
        with contextlib.suppress(houses.meta.client.exceptions.ConditionalCheckFailedException):
            houses.delete_item(Key=key, ConditionExpression=Attr("holder").eq(holder))


def under_lease(template: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Runs a function under a lease that is named after its arguments."""

    def decorate(func: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(func)

        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs)
            with lease(template.format(**given.arguments)):
                return func(*args, **kwargs)

        return wrapper

    return decorate


# case: id=py-ddb-7700 label=safe tier=3 note=the lease's name and the item's key are made of the same house
def add_vent(house: str, vent: str) -> list[str]:
    with lease(f"vents:{house}"):
        vents = houses.get_item(Key=house_key(house, "VENTS"), ConsistentRead=True)["Item"]["vents"]
        vents = sorted([*vents, vent])
        houses.update_item(
            Key=house_key(house, "VENTS"),
            UpdateExpression="SET vents = :v",
            ExpressionAttributeValues={":v": vents},
        )
    return vents


# case: id=py-ddb-7701 label=safe tier=3 note=one lease for the house protects each part of it
def set_shade(house: str, part: str, percent: int) -> None:
    with lease(f"house:{house}"):
        shades = houses.get_item(Key=house_key(house, part), ConsistentRead=True)["Item"]["shades"]
        shades["blind"] = percent
        houses.update_item(
            Key=house_key(house, part),
            UpdateExpression="SET shades = :s",
            ExpressionAttributeValues={":s": shades},
        )


# case: id=py-ddb-7702 label=race rule=lost-update tier=3 note=each gardener has a lease of his own for the same house
def add_heater(house: str, heater: str, gardener: str) -> None:
    with lease(f"heaters:{house}:{gardener}"):
        heaters = houses.get_item(Key=house_key(house, "HEATERS"), ConsistentRead=True)["Item"]["heaters"]
        houses.update_item(  # expect: lost-update
            Key=house_key(house, "HEATERS"),
            UpdateExpression="SET heaters = :h",
            ExpressionAttributeValues={":h": [*heaters, heater]},
        )


# case: id=py-ddb-7703 label=safe tier=3 note=what was won in the turn that left the loop is held after it
def add_bed(house: str, bed: str) -> None:
    with patient_lease(f"beds:{house}"):
        plan = houses.get_item(Key=house_key(house, "BEDS"), ConsistentRead=True)["Item"]
        plan["beds"] = [*plan["beds"], bed]
        houses.put_item(Item=plan)


# case: id=py-ddb-7704 label=race rule=read-before-lock tier=3 note=the plan was read before the wait for the lease
def drop_bed(house: str, bed: str) -> None:
    plan = houses.get_item(Key=house_key(house, "BEDS"), ConsistentRead=True)["Item"]
    with patient_lease(f"beds:{house}"):
        plan["beds"] = [b for b in plan["beds"] if b != bed]
        houses.put_item(Item=plan)  # expect: read-before-lock


# case: id=py-ddb-7705 label=safe tier=3 note=the decorator names the lease after the house that is watered
@under_lease("water-{house}")
def add_watering(house: str, at: str) -> None:
    times = houses.get_item(Key=house_key(house, "WATER"), ConsistentRead=True)["Item"]["times"]
    houses.update_item(
        Key=house_key(house, "WATER"),
        UpdateExpression="SET times = :t",
        ExpressionAttributeValues={":t": [*times, at]},
    )


# case: id=py-ddb-7706 label=race rule=lost-update tier=3 note=the decorator names the lease after the gardener
@under_lease("feed-{gardener}")
def add_feeding(house: str, at: str, *, gardener: str) -> None:
    times = houses.get_item(Key=house_key(house, "FEED"), ConsistentRead=True)["Item"]["times"]
    houses.update_item(  # expect: lost-update
        Key=house_key(house, "FEED"),
        UpdateExpression="SET times = :t, fed_by = :g",
        ExpressionAttributeValues={":t": [*times, at], ":g": gardener},
    )
