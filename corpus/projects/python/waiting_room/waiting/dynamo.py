"""Queues in a table."""

from __future__ import annotations

import os
from functools import lru_cache

import boto3
from botocore.exceptions import ClientError


@lru_cache
def _table():
    return boto3.resource("dynamodb").Table(os.environ["QUEUES_TABLE"])


class DynamoQueues:
    def __init__(self, table) -> None:
        self._table = table

    def find(self, ward: str) -> dict:
        return self._table.get_item(Key={"ward": ward}).get("Item", {"ward": ward, "length": 0})

    def put_length(self, ward: str, length: int) -> None:
        self._table.update_item(  # expect: lost-update
            Key={"ward": ward},
            UpdateExpression="SET #l = :l",
            ExpressionAttributeNames={"#l": "length"},
            ExpressionAttributeValues={":l": length},
        )

    def shorten(self, ward: str) -> bool:
        try:
            self._table.update_item(
                Key={"ward": ward},
                UpdateExpression="SET #l = #l - :one",
                ConditionExpression="#l >= :one",
                ExpressionAttributeNames={"#l": "length"},
                ExpressionAttributeValues={":one": 1},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


queues = DynamoQueues(_table())


def get_queues() -> DynamoQueues:
    return queues
