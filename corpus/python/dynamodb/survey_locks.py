"""A lock on the survey of a harbour: an item that is put after a look, and taken away by the token that was put there."""
from __future__ import annotations

import os
import time
import uuid
from typing import Any

import boto3
from botocore.exceptions import ClientError

locks = boto3.resource("dynamodb").Table(os.environ["LOCKS_TABLE"])


class Busy(Exception):
    pass


# case: id=py-ddb-2920 label=race rule=non-atomic-lock tier=3 note=looks for somebody who has it and puts the lock without a condition; it is given back by its token
class SurveyLock:
    def __init__(self, harbour: str, seconds: int = 300) -> None:
        self.key = f"survey#{harbour}"
        self.seconds = seconds
        self.token = uuid.uuid4().hex

    def __enter__(self) -> "SurveyLock":
        found = locks.get_item(Key={"lock": self.key}, ConsistentRead=True).get("Item")
        now = int(time.time())
        if found is not None and int(found["expires"]) > now:
            raise Busy(self.key)
        locks.put_item(  # expect: non-atomic-lock
            Item={"lock": self.key, "token": self.token, "expires": now + self.seconds}
        )
        return self

    def __exit__(self, *exc_info: object) -> None:
        try:
            locks.delete_item(
                Key={"lock": self.key},
                ConditionExpression="#t = :mine",
                ExpressionAttributeNames={"#t": "token"},
                ExpressionAttributeValues={":mine": self.token},
            )
        except ClientError as exc:
            if exc.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def survey(event: dict[str, Any], context: Any) -> dict[str, Any]:
    with SurveyLock(event["harbour"]):
        print("sounding", event["harbour"])
    return event


# case: id=py-ddb-2921 label=race rule=check-then-act tier=3 note=a code that can run out is no lock: nobody gives it back
def send_code(event: dict[str, Any], context: Any) -> dict[str, Any]:
    key = f"code#{event['captain']}"
    sent = locks.get_item(Key={"lock": key}).get("Item")
    now = int(time.time())
    if sent is not None and int(sent["expires"]) > now:
        raise Busy(key)
    code = uuid.uuid4().hex
    locks.put_item(  # expect: check-then-act
        Item={"lock": key, "token": code, "expires": now + 300}
    )
    return {"code": code}
