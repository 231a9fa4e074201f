"""Parcels on a ferry: a generator goes through those that wait, its caller marks each."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

parcels = boto3.resource("dynamodb").Table("parcels")


@dataclass
class Parcel:
    number: str
    state: str


def waiting(quay: str) -> Iterator[dict[str, Any]]:
    page: dict[str, Any] = {"IndexName": "by-quay", "KeyConditionExpression": Key("quay").eq(quay) & Key("state").eq("waiting")}
    while True:
        answer = parcels.query(**page)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        page["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def on_quay(quay: str) -> Iterator[Parcel]:
    for raw in parcels.query(IndexName="by-quay", KeyConditionExpression=Key("quay").eq(quay))["Items"]:
        if raw["state"] == "waiting":
            yield Parcel(raw["number"], raw["state"])


def load(quay: str) -> None:
    for parcel in waiting(quay):
        parcels.update_item(  # expect: check-then-act
            Key={"number": parcel["number"]},
            UpdateExpression="SET #s = :aboard",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":aboard": "aboard"},
        )


def send_back(quay: str) -> None:
    for parcel in on_quay(quay):
        parcels.update_item(  # expect: check-then-act
            Key={"number": parcel.number},
            UpdateExpression="SET #s = :back",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":back": "sent back"},
        )


def load_those_left(quay: str) -> None:
    for parcel in waiting(quay):
        parcels.update_item(
            Key={"number": parcel["number"]},
            UpdateExpression="SET #s = :aboard",
            ConditionExpression=Attr("state").eq("waiting"),
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":aboard": "aboard"},
        )


def hand_out(number: str) -> None:
    parcels.update_item(
        Key={"number": number},
        UpdateExpression="SET #s = :out",
        ConditionExpression=Attr("state").eq("waiting"),
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":out": "handed out"},
    )
