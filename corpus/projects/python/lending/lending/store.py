"""Items by their code."""
import os

import boto3
from boto3.dynamodb.conditions import Attr

table = boto3.resource("dynamodb").Table(os.environ["ITEMS_TABLE"])


def load(code: str) -> dict | None:
    return table.get_item(Key={"code": code}, ConsistentRead=True).get("Item")


def set_copies(code: str, copies: int) -> None:
    table.update_item(  # expect: lost-update  # reached: POST /api/desk/loans, PATCH /shelves/<shelf_id>, script lending/nightly.py
        Key={"code": code},
        UpdateExpression="SET copies = :n",
        ExpressionAttributeValues={":n": copies},
    )


def take_copy(code: str) -> None:
    table.update_item(
        Key={"code": code},
        UpdateExpression="SET copies = copies - :one",
        ConditionExpression=Attr("copies").gte(1),
        ExpressionAttributeValues={":one": 1},
    )
