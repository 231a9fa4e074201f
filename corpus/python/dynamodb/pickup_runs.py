"""Pick-ups that drivers fetch from a queue in a table."""
from __future__ import annotations

import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

table = boto3.resource("dynamodb").Table(os.environ["PICKUPS_TABLE"])


def is_lost(exc: ClientError) -> bool:
    return exc.response["Error"]["Code"] == "ConditionalCheckFailedException"


# case: two drivers find the same pick-ups and both are handed them
def fetch(driver: str, limit: int) -> list[dict[str, Any]]:
    fetched = []
    page = table.query(
        IndexName="by_state", KeyConditionExpression=Key("state").eq("waiting"), Limit=limit
    )
    for pickup in page["Items"]:
        table.update_item(  # expect: check-then-act
            Key={"pickup_id": pickup["pickup_id"]},
            UpdateExpression="SET #s = :s, driver = :d",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":s": "on the way", ":d": driver},
        )
        fetched.append(pickup)
    return fetched


# case: the state is asked for again, and only those that were won are handed on
def fetch_won(driver: str, limit: int) -> list[dict[str, Any]]:
    fetched = []
    page = table.query(
        IndexName="by_state", KeyConditionExpression=Key("state").eq("waiting"), Limit=limit
    )
    for pickup in page["Items"]:
        try:
            table.update_item(
                Key={"pickup_id": pickup["pickup_id"]},
                UpdateExpression="SET #s = :s, driver = :d",
                ConditionExpression="#s = :w",
                ExpressionAttributeNames={"#s": "state"},
                ExpressionAttributeValues={":s": "on the way", ":d": driver, ":w": "waiting"},
            )
        except ClientError as exc:
            if not is_lost(exc):
                raise
            continue
        fetched.append(pickup)
    return fetched


# case: the first that waits
def fetch_one(driver: str) -> dict[str, Any]:
    pickup = table.scan(FilterExpression=Attr("state").eq("waiting"))["Items"][0]
    table.update_item(  # expect: check-then-act
        Key={"pickup_id": pickup["pickup_id"]},
        UpdateExpression="SET #s = :s, driver = :d",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": "on the way", ":d": driver},
    )
    return pickup


# case: the first that waits, if it still does
def fetch_one_won(driver: str) -> dict[str, Any]:
    pickup = table.scan(FilterExpression=Attr("state").eq("waiting"))["Items"][0]
    table.update_item(
        Key={"pickup_id": pickup["pickup_id"]},
        UpdateExpression="SET #s = :s, driver = :d",
        ConditionExpression=Attr("state").eq("waiting"),
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": "on the way", ":d": driver},
    )
    return pickup
