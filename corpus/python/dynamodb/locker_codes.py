"""Luggage lockers: short codes that are drawn for each deposit."""
from __future__ import annotations

import os
import random
import time
import uuid

import boto3
from botocore.exceptions import ClientError

deposits = boto3.resource("dynamodb").Table(os.environ["DEPOSITS_TABLE"])


class CodeTaken(Exception):
    pass


# case: one code of ten thousand may be drawn twice at once, and the second deposit replaces the first
def deposit(station: str, owner: str) -> str:
    code = f"{random.SystemRandom().randrange(10_000):04d}"
    key = {"station": station, "code": code}
    if "Item" in deposits.get_item(Key=key, ConsistentRead=True):
        raise CodeTaken(code)
    deposits.put_item(Item={**key, "owner": owner, "since": int(time.time())})  # expect: check-then-create
    return code


# case: the same with a function of the module, drawn again until a free one is found
def deposit_somewhere(station: str, owner: str) -> str:
    for _ in range(20):
        code = str(random.randint(1000, 9999))
        held = deposits.get_item(Key={"station": station, "code": code})
        if "Item" in held:
            continue
        deposits.put_item(Item={"station": station, "code": code, "owner": owner})  # expect: check-then-create
        return code
    raise CodeTaken(station)


# case: a code that is taken is refused by the store
def deposit_once(station: str, owner: str) -> str:
    code = f"{random.SystemRandom().randrange(10_000):04d}"
    key = {"station": station, "code": code}
    if "Item" in deposits.get_item(Key=key, ConsistentRead=True):
        raise CodeTaken(code)
    try:
        deposits.put_item(
            Item={**key, "owner": owner, "since": int(time.time())},
            ConditionExpression="attribute_not_exists(code)",
        )
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise CodeTaken(code) from exc
        raise
    return code


# case: an identifier is drawn by nobody else
def deposit_by_ticket(owner: str) -> str:
    ticket = str(uuid.uuid4())
    if "Item" in deposits.get_item(Key={"station": "lost", "code": ticket}):
        raise CodeTaken(ticket)
    deposits.put_item(Item={"station": "lost", "code": ticket, "owner": owner})
    return ticket
