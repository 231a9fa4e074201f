"""Bindery: volumes that are numbered within their series, under identifiers of their own."""
from __future__ import annotations

import os
import uuid
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

NAME = os.environ["VOLUMES_TABLE"]
volumes = boto3.resource("dynamodb").Table(NAME)


def of_series(series: str) -> list[dict[str, Any]]:
    page = volumes.query(IndexName="by-series", KeyConditionExpression=Key("series").eq(series))
    return page["Items"]


# case: the highest number that is there and one, under an identifier that nobody else has
def bind(series: str, title: str) -> int:
    highest = 0
    for volume in of_series(series):
        highest = max(highest, int(volume["number"]))
    volumes.put_item(  # expect: check-then-create
        Item={"id": str(uuid.uuid4()), "series": series, "number": highest + 1, "title": title}
    )
    return highest + 1


# case: a marker for the number goes along, and there is one of each
def bind_once(series: str, title: str) -> int:
    number = max((int(volume["number"]) for volume in of_series(series)), default=0) + 1
    volumes.meta.client.transact_write_items(
        TransactItems=[
            {
                "Put": {
                    "TableName": NAME,
                    "Item": {"id": f"{series}#{number}"},
                    "ConditionExpression": "attribute_not_exists(id)",
                }
            },
            {
                "Put": {
                    "TableName": NAME,
                    "Item": {
                        "id": str(uuid.uuid4()),
                        "series": series,
                        "number": number,
                        "title": title,
                    },
                }
            },
        ]
    )
    return number


# case: a copy under an identifier of its own has the number of the volume it is a copy of
def copy(volume_id: str) -> str:
    volume = volumes.get_item(Key={"id": volume_id})["Item"]
    copy_id = str(uuid.uuid4())
    volumes.put_item(Item={"id": copy_id, "series": volume["series"], "number": volume["number"]})
    return copy_id
