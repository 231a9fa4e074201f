"""Inventory service of a Django shop; the counts live in DynamoDB."""
from __future__ import annotations

import logging
import random
import time
from typing import Any, Callable, TypeVar

import boto3
from botocore.exceptions import ClientError
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)
T = TypeVar("T")


class OutOfStock(Exception):
    pass


class Contention(Exception):
    pass


def _table():
    return boto3.resource("dynamodb", region_name=settings.AWS_REGION).Table(settings.INVENTORY_TABLE)


def _conflict(exc: ClientError) -> bool:
    return exc.response["Error"]["Code"] == "ConditionalCheckFailedException"


# case: id=py-ddb-1020 label=safe tier=2 note=version condition, each attempt reads again
def reserve(sku: str, quantity: int, attempts: int = 5) -> int:
    table = _table()
    for attempt in range(attempts):
        item = table.get_item(Key={"sku": sku}, ConsistentRead=True)["Item"]
        if item["on_hand"] < quantity:
            raise OutOfStock(sku)
        left = int(item["on_hand"]) - quantity
        try:
            table.update_item(
                Key={"sku": sku},
                UpdateExpression="SET on_hand = :left, version = :next",
                ConditionExpression="version = :seen",
                ExpressionAttributeValues={
                    ":left": left,
                    ":next": item["version"] + 1,
                    ":seen": item["version"],
                },
            )
            return left
        except ClientError as exc:
            if not _conflict(exc):
                raise
            time.sleep(random.random() * 0.05 * 2**attempt)
    raise Contention(sku)


# case: id=py-ddb-1021 label=race rule=swallowed-conflict|lost-update tier=2 note=conflict answered by repeating the stale value without the condition
def reserve_forced(sku: str, quantity: int) -> int:
    table = _table()
    item = table.get_item(Key={"sku": sku})["Item"]
    left = int(item["on_hand"]) - quantity
    if left < 0:
        raise OutOfStock(sku)
    update: dict[str, Any] = {
        "Key": {"sku": sku},
        "UpdateExpression": "SET on_hand = :left",
        "ConditionExpression": "on_hand = :seen",
        "ExpressionAttributeValues": {":left": left, ":seen": item["on_hand"]},
    }
    try:
        table.update_item(**update)
    except ClientError as exc:
        if not _conflict(exc):
            raise
        logger.warning("retrying %s", sku)
        table.update_item(  # expect: swallowed-conflict|lost-update
            Key={"sku": sku},
            UpdateExpression="SET on_hand = :left",
            ExpressionAttributeValues={":left": left},
        )
    return left


# case: id=py-ddb-1022 label=race rule=swallowed-conflict tier=2 note=conflict only logged, success is returned
def adjust(sku: str, delta: int) -> bool:
    table = _table()
    item = table.get_item(Key={"sku": sku})["Item"]
    try:
        table.update_item(  # expect: swallowed-conflict
            Key={"sku": sku},
            UpdateExpression="SET on_hand = :n",
            ConditionExpression="on_hand = :seen",
            ExpressionAttributeValues={":n": item["on_hand"] + delta, ":seen": item["on_hand"]},
        )
    except ClientError as exc:
        if not _conflict(exc):
            raise
        logger.warning("conflict on %s", sku)
    return True


# case: id=py-ddb-1023 label=safe tier=2 note=the same conflict is told to the caller
def adjust_reported(sku: str, delta: int) -> bool:
    table = _table()
    item = table.get_item(Key={"sku": sku})["Item"]
    try:
        table.update_item(
            Key={"sku": sku},
            UpdateExpression="SET on_hand = :n",
            ConditionExpression="on_hand = :seen",
            ExpressionAttributeValues={":n": item["on_hand"] + delta, ":seen": item["on_hand"]},
        )
    except ClientError as exc:
        if not _conflict(exc):
            raise
        logger.warning("conflict on %s", sku)
        return False
    return True


def with_retry(action: Callable[[], T], attempts: int = 4) -> T:
    for attempt in range(attempts):
        try:
            return action()
        except ClientError as exc:
            if not _conflict(exc) or attempt == attempts - 1:
                raise
            time.sleep(0.02 * 2**attempt)
    raise Contention("no attempt was made")


# case: id=py-ddb-1024 label=safe tier=3 note=closure given to the retry helper reads again at each attempt
def restock(sku: str, cartons: int) -> None:
    table = _table()

    def attempt() -> None:
        item = table.get_item(Key={"sku": sku})["Item"]
        units = int(item["on_hand"]) + cartons * int(item["per_carton"])
        table.update_item(
            Key={"sku": sku},
            UpdateExpression="SET on_hand = :n",
            ConditionExpression="on_hand = :seen",
            ExpressionAttributeValues={":n": units, ":seen": item["on_hand"]},
        )

    with_retry(attempt)


# case: id=py-ddb-1025 label=race rule=lost-update tier=3 note=closure has a read and a write but no condition, retry never fires
@require_POST
def shrinkage(request: HttpRequest, sku: str) -> JsonResponse:
    table = _table()
    lost = int(request.POST["lost"])

    def attempt() -> int:
        item = table.get_item(Key={"sku": sku})["Item"]
        left = max(0, int(item["on_hand"]) - lost)
        table.update_item(  # expect: lost-update
            Key={"sku": sku},
            UpdateExpression="SET on_hand = :left",
            ExpressionAttributeValues={":left": left},
        )
        return left

    return JsonResponse({"left": with_retry(attempt)})


# case: id=py-ddb-1026 label=race rule=lost-update tier=2 note=version compared in the program, not in the request
def set_reorder_level(sku: str, factor: float, expected_version: int) -> None:
    table = _table()
    item = table.get_item(Key={"sku": sku})["Item"]
    if item["version"] != expected_version:
        raise Contention(sku)
    item["reorder_at"] = int(int(item["reorder_at"]) * factor)
    item["version"] += 1
    table.put_item(Item=item)  # expect: lost-update


# case: id=py-ddb-1027 label=safe tier=1 note=expression and limit in one request
def consume(sku: str, quantity: int) -> int:
    try:
        out = _table().update_item(
            Key={"sku": sku},
            UpdateExpression="SET on_hand = on_hand - :q",
            ConditionExpression="on_hand >= :q",
            ExpressionAttributeValues={":q": quantity},
            ReturnValues="UPDATED_NEW",
        )
    except ClientError as exc:
        if _conflict(exc):
            raise OutOfStock(sku) from exc
        raise
    return int(out["Attributes"]["on_hand"])
