"""Pottery kilns: firings that are queued, run and done."""
from __future__ import annotations

import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

firings = boto3.resource("dynamodb").Table(os.environ["FIRINGS_TABLE"])


class NotQueued(Exception):
    pass


def firing_of(firing_id: str) -> dict[str, Any]:
    return firings.get_item(Key={"firing_id": firing_id}, ConsistentRead=True)["Item"]


# case: the condition holds for what the write itself leaves behind, so that the second kiln fires as well
def light(firing_id: str, kiln: str) -> None:
    firing = firing_of(firing_id)
    if firing["state"] != "queued":
        raise NotQueued(firing_id)
    firings.update_item(  # expect: check-then-act
        Key={"firing_id": firing_id},
        UpdateExpression="SET #s = :running, kiln = :k",
        ConditionExpression="#s <> :done",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":running": "running", ":done": "done", ":k": kiln},
    )


# case: the state that was found is the condition
def light_once(firing_id: str, kiln: str) -> None:
    firing = firing_of(firing_id)
    if firing["state"] != "queued":
        raise NotQueued(firing_id)
    try:
        firings.update_item(
            Key={"firing_id": firing_id},
            UpdateExpression="SET #s = :running, kiln = :k",
            ConditionExpression="#s = :queued",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":running": "running", ":queued": "queued", ":k": kiln},
        )
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise NotQueued(firing_id) from exc
        raise


# case: not running is enough, for it is what the write makes of it
def light_unless_running(firing_id: str, kiln: str) -> None:
    firing = firing_of(firing_id)
    if firing["state"] != "queued":
        raise NotQueued(firing_id)
    firings.update_item(
        Key={"firing_id": firing_id},
        UpdateExpression="SET #s = :running, kiln = :k",
        ConditionExpression=Attr("state").ne("running"),
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":running": "running", ":k": kiln},
    )


# case: the state may be any but the last one, but the kiln must not be taken, and is by the first
def light_if_free(firing_id: str, kiln: str) -> None:
    firing = firing_of(firing_id)
    if firing["state"] != "queued":
        raise NotQueued(firing_id)
    firings.update_item(
        Key={"firing_id": firing_id},
        UpdateExpression="SET #s = :running, kiln = :k",
        ConditionExpression="#s <> :done AND attribute_not_exists(kiln)",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":running": "running", ":done": "done", ":k": kiln},
    )


# case: one of the states that the condition lets pass is the one that is written
def light_from_either(firing_id: str) -> None:
    firing = firing_of(firing_id)
    if firing["state"] != "queued":
        raise NotQueued(firing_id)
    firings.update_item(  # expect: check-then-act
        Key={"firing_id": firing_id},
        UpdateExpression="SET #s = :running",
        ConditionExpression="#s IN (:queued, :running)",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":running": "running", ":queued": "queued"},
    )


# case: that there is a state says nothing about which
def light_known(firing_id: str) -> None:
    firing = firing_of(firing_id)
    if firing["state"] != "queued":
        raise NotQueued(firing_id)
    firings.update_item(  # expect: check-then-act
        Key={"firing_id": firing_id},
        UpdateExpression="SET #s = :running",
        ConditionExpression="attribute_exists(#s)",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":running": "running"},
    )


# case: the test itself asks for no more than the condition does
def cool(firing_id: str, degrees: int) -> None:
    firing = firing_of(firing_id)
    if firing["state"] == "done":
        raise NotQueued(firing_id)
    firings.update_item(
        Key={"firing_id": firing_id},
        UpdateExpression="SET #s = :cooling, degrees = :d",
        ConditionExpression="#s <> :done",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":cooling": "cooling", ":done": "done", ":d": degrees},
    )
