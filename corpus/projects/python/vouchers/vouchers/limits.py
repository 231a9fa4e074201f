"""What is counted before a request is answered."""
import os
from time import time

import boto3
from fastapi import HTTPException

limits = boto3.resource("dynamodb").Table(os.environ["LIMITS_TABLE"])


def limited(client: str) -> None:
    row = limits.get_item(Key={"client": client}).get("Item") or {"tokens": 10}
    if row["tokens"] <= 0:
        raise HTTPException(429)
    limits.put_item(Item={"client": client, "tokens": row["tokens"] - 1, "at": int(time())})  # expect: lost-update  # reached: POST /v1/vouchers/{code}/redeem
