"""Shards and namespaces of a rate limiter: conflicts that tell the loser nothing new."""
from __future__ import annotations

import os
import uuid
from typing import Any

import aioboto3
from botocore.exceptions import ClientError

session = aioboto3.Session()
TABLE = os.environ["LIMITS_TABLE"]
MAX_KEYS = 20


# case: id=py-aio-020 label=safe tier=2 note=the answer tells whether the shards were doubled here
async def double_shards(bucket: str, count: int) -> int:
    async with session.resource("dynamodb") as dynamo:
        table = await dynamo.Table(TABLE)
        try:
            await table.update_item(
                Key={"bucket": bucket},
                UpdateExpression="SET shard_count = :new",
                ConditionExpression="shard_count = :old",
                ExpressionAttributeValues={":old": count, ":new": count * 2},
            )
            effective = count * 2
        except ClientError as exc:
            if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
                effective = count
            else:
                raise
    return effective


# case: id=py-aio-021 label=safe tier=2 note=losing to a creation means that the shard is there, to a higher value that it is reached
async def raise_all(buckets: list[str], count: int) -> int:
    async with session.resource("dynamodb") as dynamo:
        table = await dynamo.Table(TABLE)
        for bucket in buckets:
            try:
                await table.update_item(
                    Key={"bucket": bucket},
                    UpdateExpression="SET shard_count = :n",
                    ConditionExpression="shard_count < :n",
                    ExpressionAttributeValues={":n": count},
                )
            except ClientError as exc:
                if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
                    continue
                raise
        for bucket in buckets:
            try:
                await table.put_item(
                    Item={"bucket": f"{bucket}#next", "shard_count": count},
                    ConditionExpression="attribute_not_exists(bucket)",
                )
            except ClientError as exc:
                if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
                    continue
                raise
    return len(buckets)


# case: id=py-aio-022 label=race rule=swallowed-conflict tier=2 note=the limit is in the condition, its failure is passed over and the grant reported
async def take(bucket: str, cost: int) -> dict[str, Any]:
    async with session.resource("dynamodb") as dynamo:
        table = await dynamo.Table(TABLE)
        try:
            await table.update_item(  # expect: swallowed-conflict
                Key={"bucket": bucket},
                UpdateExpression="SET tokens = tokens - :c",
                ConditionExpression="tokens >= :c",
                ExpressionAttributeValues={":c": cost},
            )
        except ClientError as exc:
            if exc.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
    return {"granted": cost}


# case: id=py-aio-023 label=race rule=check-then-act tier=2 note=keys counted over pages, the refusal under a second decision
async def add_key(owner: str, strict: bool = True) -> str:
    async with session.resource("dynamodb") as dynamo:
        table = await dynamo.Table(TABLE)
        found = await table.query(
            IndexName="by_owner",
            KeyConditionExpression="owner_id = :o",
            ExpressionAttributeValues={":o": owner},
        )
        if found["Count"] >= MAX_KEYS:
            if strict:
                raise PermissionError(owner)
        key_id = uuid.uuid4().hex
        await table.put_item(Item={"bucket": key_id, "owner_id": owner})  # expect: check-then-act
    return key_id
