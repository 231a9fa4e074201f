"""API quotas for an async gateway."""
from __future__ import annotations

import asyncio
import logging
import os
from typing import Any

import aioboto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from fastapi import FastAPI, HTTPException

logger = logging.getLogger(__name__)
app = FastAPI()
session = aioboto3.Session()
QUOTAS = os.environ["QUOTAS_TABLE"]


class QuotaStore:
    def __init__(self, name: str = QUOTAS) -> None:
        self.name = name
        self._resource: Any = None

    async def _get_table(self) -> Any:
        if self._resource is None:
            self._resource = await session.resource("dynamodb").__aenter__()
        return await self._resource.Table(self.name)

    async def read(self, key: str) -> dict[str, Any]:
        table = await self._get_table()
        response = await table.get_item(Key={"api_key": key}, ConsistentRead=True)
        if "Item" not in response:
            raise KeyError(key)
        return response["Item"]

    # case: id=py-aio-001 label=race rule=lost-update tier=3 note=awaited helper reads, absolute value set here
    async def spend(self, key: str, cost: int) -> int:
        item = await self.read(key)
        left = int(item["remaining"]) - cost
        if left < 0:
            raise ValueError("quota exhausted")
        table = await self._get_table()
        await table.update_item(  # expect: lost-update
            Key={"api_key": key},
            UpdateExpression="SET remaining = :left",
            ExpressionAttributeValues={":left": left},
        )
        return left

    # case: id=py-aio-002 label=safe tier=3 note=condition on the value that the helper read, new read per attempt
    async def spend_compared(self, key: str, cost: int) -> int:
        for attempt in range(6):
            item = await self.read(key)
            left = int(item["remaining"]) - cost
            if left < 0:
                raise ValueError("quota exhausted")
            table = await self._get_table()
            try:
                await table.update_item(
                    Key={"api_key": key},
                    UpdateExpression="SET remaining = :left",
                    ConditionExpression=Attr("remaining").eq(item["remaining"]),
                    ExpressionAttributeValues={":left": left},
                )
            except ClientError as exc:
                if exc.response["Error"]["Code"] != "ConditionalCheckFailedException":
                    raise
                await asyncio.sleep(0.01 * 2**attempt)
                continue
            return left
        raise TimeoutError(key)


store = QuotaStore()


# case: id=py-aio-003 label=race rule=check-then-act tier=3 note=checked through the store object, delta without a limit
@app.post("/keys/{key}/calls")
async def call(key: str, cost: int = 1) -> dict[str, bool]:
    item = await store.read(key)
    if item["remaining"] < cost:
        raise HTTPException(status_code=429)
    async with session.resource("dynamodb") as dynamo:
        table = await dynamo.Table(QUOTAS)
        await table.update_item(  # expect: check-then-act
            Key={"api_key": key},
            UpdateExpression="SET remaining = remaining - :c",
            ExpressionAttributeValues={":c": cost},
        )
    return {"ok": True}


# case: id=py-aio-004 label=safe tier=2 note=limit in the condition, 429 on conflict
@app.post("/v2/keys/{key}/calls")
async def call_guarded(key: str, cost: int = 1) -> dict[str, bool]:
    async with session.resource("dynamodb") as dynamo:
        table = await dynamo.Table(QUOTAS)
        try:
            await table.update_item(
                Key={"api_key": key},
                UpdateExpression="SET remaining = remaining - :c",
                ConditionExpression="remaining >= :c",
                ExpressionAttributeValues={":c": cost},
            )
        except ClientError as exc:
            if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise HTTPException(status_code=429) from exc
            raise
    return {"ok": True}


# case: id=py-aio-005 label=race rule=lost-update tier=2 note=one of many gathered coroutines, map changed and put back
@app.post("/keys/scopes")
async def grant_scopes(keys: list[str], scope: str) -> int:
    async with session.resource("dynamodb") as dynamo:
        table = await dynamo.Table(QUOTAS)

        async def grant(key: str) -> None:
            item = (await table.get_item(Key={"api_key": key}))["Item"]
            item.setdefault("scopes", []).append(scope)
            await table.put_item(Item=item)  # expect: lost-update

        await asyncio.gather(*(grant(key) for key in keys))
    return len(keys)


# case: id=py-aio-006 label=safe tier=2 note=string set added by the store
@app.post("/v2/keys/scopes")
async def grant_scopes_in_store(keys: list[str], scope: str) -> int:
    async with session.client("dynamodb") as client:
        await asyncio.gather(
            *(
                client.update_item(
                    TableName=QUOTAS,
                    Key={"api_key": {"S": key}},
                    UpdateExpression="ADD scope_names :s",
                    ExpressionAttributeValues={":s": {"SS": [scope]}},
                )
                for key in keys
            )
        )
    return len(keys)


# case: id=py-aio-007 label=race rule=check-then-create tier=1 note=absence read, then put without a condition
@app.put("/keys/{key}")
async def create_key(key: str, quota: int) -> dict[str, str]:
    async with session.client("dynamodb") as client:
        found = await client.get_item(TableName=QUOTAS, Key={"api_key": {"S": key}})
        if "Item" in found:
            raise HTTPException(status_code=409)
        await client.put_item(  # expect: check-then-create
            TableName=QUOTAS,
            Item={"api_key": {"S": key}, "remaining": {"N": str(quota)}},
        )
    return {"key": key}


# case: id=py-aio-008 label=safe tier=1 note=absence tested by the put
@app.put("/v2/keys/{key}")
async def create_key_once(key: str, quota: int) -> dict[str, str]:
    async with session.client("dynamodb") as client:
        try:
            await client.put_item(
                TableName=QUOTAS,
                Item={"api_key": {"S": key}, "remaining": {"N": str(quota)}},
                ConditionExpression="attribute_not_exists(api_key)",
            )
        except client.exceptions.ConditionalCheckFailedException as exc:
            raise HTTPException(status_code=409) from exc
    return {"key": key}
