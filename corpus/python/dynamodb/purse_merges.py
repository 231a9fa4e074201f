"""Purses that are merged and closed: rows found by their key among several, and conflicts that get a name of their own."""
from __future__ import annotations

import logging
import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

log = logging.getLogger(__name__)
dynamodb = boto3.resource("dynamodb")
PURSES = os.environ["PURSES_TABLE"]
purses = dynamodb.Table(PURSES)
topic = boto3.client("sns")


class Refused(Exception):
    pass


def _both(one: str, other: str) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = dynamodb.batch_get_item(RequestItems={PURSES: {"Keys": [{"purse": one}, {"purse": other}]}})
    by_purse = {row["purse"]: row for row in answer["Responses"].get(PURSES, [])}
    return by_purse[one], by_purse[other]


# case: id=py-ddb-2970 label=race rule=lost-update tier=3 note=two rows read together, each found by its key
def merge(source: str, target: str) -> int:
    old, new = _both(source, target)
    total = int(old["coins"]) + int(new["coins"])
    purses.update_item(  # expect: lost-update
        Key={"purse": target},
        UpdateExpression="SET coins = :total",
        ExpressionAttributeValues={":total": total},
    )
    return total


# case: id=py-ddb-2971 label=safe tier=3 note=the same, under the coins that were seen
def merge_seen(source: str, target: str) -> int:
    old, new = _both(source, target)
    total = int(old["coins"]) + int(new["coins"])
    purses.update_item(
        Key={"purse": target},
        UpdateExpression="SET coins = :total",
        ConditionExpression="coins = :seen",
        ExpressionAttributeValues={":total": total, ":seen": new["coins"]},
    )
    return total


# case: id=py-ddb-2972 label=race rule=lost-update tier=2 note=the row of that key is looked for by a loop over all
def tip(purse: str, coins: int) -> None:
    for row in purses.scan()["Items"]:
        if row["purse"] != purse:
            continue
        purses.update_item(  # expect: lost-update
            Key={"purse": purse},
            UpdateExpression="SET coins = :coins",
            ExpressionAttributeValues={":coins": int(row["coins"]) + coins},
        )


# case: id=py-ddb-2973 label=race rule=lost-update tier=2 note=the row of that key stands in a mapping that a loop has filled
def tip_known(purse: str, coins: int) -> None:
    known = {}
    for row in purses.scan()["Items"]:
        known[row["purse"]] = row
    row = known.get(purse)
    if row is None:
        return
    purses.update_item(  # expect: lost-update
        Key={"purse": purse},
        UpdateExpression="SET coins = :coins",
        ExpressionAttributeValues={":coins": int(row["coins"]) + coins},
    )


# case: id=py-ddb-2974 label=safe tier=2 note=the row of another key was found, and says nothing of this one
def greet(purse: str, friend: str) -> None:
    known = {row["purse"]: row for row in purses.scan()["Items"]}
    purses.update_item(
        Key={"purse": purse},
        UpdateExpression="ADD friends :name",
        ExpressionAttributeValues={":name": {known[friend]["owner"]}},
    )


def _change(method: Any, kwargs: dict[str, Any]) -> None:
    try:
        method(**kwargs)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Refused(kwargs["Key"]["purse"]) from error
        raise


def _close(purse: str) -> None:
    kwargs = {
        "Key": {"purse": purse},
        "UpdateExpression": "SET closed = :yes",
        "ConditionExpression": "closed = :no",
        "ExpressionAttributeValues": {":yes": True, ":no": False},
    }
    _change(purses.update_item, kwargs)  # expect: swallowed-conflict


# case: id=py-ddb-2975 label=race rule=swallowed-conflict tier=3 note=the conflict has a name of its own, any other failure goes on as it is (caller close)
def close(purse: str) -> None:
    row = purses.get_item(Key={"purse": purse})["Item"]
    if row["closed"]:
        raise Refused(purse)
    try:
        _close(purse)
    except Refused:
        log.warning("purse %s was closed meanwhile", purse)
    topic.publish(TopicArn=os.environ["PAYOUTS"], Message=f"{purse}: {row['coins']}")


# case: id=py-ddb-2976 label=safe tier=3 note=the same, who has lost goes no further
def close_once(purse: str) -> None:
    row = purses.get_item(Key={"purse": purse})["Item"]
    if row["closed"]:
        raise Refused(purse)
    kwargs = {
        "Key": {"purse": purse},
        "UpdateExpression": "SET closed = :yes",
        "ConditionExpression": "closed = :no",
        "ExpressionAttributeValues": {":yes": True, ":no": False},
    }
    try:
        _change(purses.update_item, kwargs)
    except Refused:
        log.warning("purse %s was closed meanwhile", purse)
        return
    topic.publish(TopicArn=os.environ["PAYOUTS"], Message=f"{purse}: {row['coins']}")


claims = dynamodb.Table("claims")
clerks = dynamodb.Table("clerks")


def engage(clerk: str, owner: str) -> None:
    clerks.put_item(Item={"clerk": clerk, "owner": owner})


# case: id=py-ddb-2977 label=safe tier=2 note=whose it is never changes: what writes that column writes to another table
def withdraw(claim: str, owner: str) -> None:
    row = claims.get_item(Key={"claim": claim})["Item"]
    if row["owner"] != owner:
        raise Refused(claim)
    claims.update_item(
        Key={"claim": claim},
        UpdateExpression="SET standing = :out",
        ConditionExpression="standing = :filed",
        ExpressionAttributeValues={":out": "out", ":filed": "filed"},
    )


# case: id=py-ddb-2978 label=safe tier=2 note=the revision that was seen, or that there is no such row at all
def spend(purse: str, coins: int) -> int:
    row = purses.get_item(Key={"purse": purse}).get("Item") or {"coins": 0, "rev": 0}
    left, rev = int(row["coins"]) - coins, int(row["rev"])
    if left < 0:
        raise Refused(purse)
    request: dict[str, Any] = {
        "Key": {"purse": purse},
        "UpdateExpression": "SET coins = :left, rev = :next",
        "ExpressionAttributeValues": {":left": left, ":next": rev + 1},
    }
    if rev:
        request["ConditionExpression"] = "rev = :rev"
        request["ExpressionAttributeValues"][":rev"] = rev
    else:
        request["ConditionExpression"] = "attribute_not_exists(purse)"
    purses.update_item(**request)
    return left


# case: id=py-ddb-2979 label=race rule=lost-update tier=2 note=that there is such a row is no revision of it
def spend_hastily(purse: str, coins: int) -> int:
    row = purses.get_item(Key={"purse": purse})["Item"]
    left, rev = int(row["coins"]) - coins, int(row["rev"])
    purses.update_item(  # expect: lost-update
        Key={"purse": purse},
        UpdateExpression="SET coins = :left, rev = :next",
        ConditionExpression="attribute_exists(purse)",
        ExpressionAttributeValues={":left": left, ":next": rev + 1},
    )
    return left


def _rename(method: Any, kwargs: dict[str, Any]) -> None:
    try:
        method(**kwargs)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Refused(kwargs["Key"]["purse"]) from error
        raise error


def _seal(purse: str) -> None:
    kwargs = {
        "Key": {"purse": purse},
        "UpdateExpression": "SET sealed = :yes",
        "ConditionExpression": "sealed = :no",
        "ExpressionAttributeValues": {":yes": True, ":no": False},
    }
    _rename(purses.update_item, kwargs)  # expect: swallowed-conflict


# case: id=py-ddb-2980 label=race rule=swallowed-conflict tier=3 note=any other failure is raised again by its name (caller seal)
def seal(purse: str) -> None:
    row = purses.get_item(Key={"purse": purse})["Item"]
    if row["sealed"]:
        raise Refused(purse)
    try:
        _seal(purse)
    except Refused:
        log.warning("purse %s was sealed meanwhile", purse)
    topic.publish(TopicArn=os.environ["SEALS"], Message=purse)
