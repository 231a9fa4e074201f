"""Coupons on the low-level client: typed values, transactions, PartiQL."""
from __future__ import annotations

import logging
import os
import uuid
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)
COUPONS = os.environ["COUPONS_TABLE"]
REDEMPTIONS = os.environ["REDEMPTIONS_TABLE"]

dynamo = boto3.client("dynamodb")
_de = TypeDeserializer()
_ser = TypeSerializer()


class CouponError(Exception):
    pass


def decode(image: dict[str, Any]) -> dict[str, Any]:
    return {name: _de.deserialize(value) for name, value in image.items()}


def encode(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _ser.serialize(value) for name, value in item.items()}


# case: id=py-ddb-1080 label=race rule=lost-update tier=1 note=typed number read, absolute value set
def use_once(code: str) -> int:
    image = dynamo.get_item(TableName=COUPONS, Key={"code": {"S": code}})["Item"]
    uses_left = int(image["uses_left"]["N"])
    if uses_left == 0:
        raise CouponError(code)
    dynamo.update_item(  # expect: lost-update
        TableName=COUPONS,
        Key={"code": {"S": code}},
        UpdateExpression="SET uses_left = :n",
        ExpressionAttributeValues={":n": {"N": str(uses_left - 1)}},
    )
    return uses_left - 1


# case: id=py-ddb-1081 label=safe tier=1 note=old value in the condition
def use_once_compared(code: str) -> int:
    image = dynamo.get_item(TableName=COUPONS, Key={"code": {"S": code}})["Item"]
    uses_left = int(image["uses_left"]["N"])
    if uses_left == 0:
        raise CouponError(code)
    try:
        dynamo.update_item(
            TableName=COUPONS,
            Key={"code": {"S": code}},
            UpdateExpression="SET uses_left = :n",
            ConditionExpression="uses_left = :old",
            ExpressionAttributeValues={":n": {"N": str(uses_left - 1)}, ":old": image["uses_left"]},
        )
    except dynamo.exceptions.ConditionalCheckFailedException as exc:
        raise CouponError(f"{code} is contended") from exc
    return uses_left - 1


# case: id=py-ddb-1082 label=race rule=lost-update tier=3 note=decoded, changed and encoded through helpers, whole item put
def add_tag(code: str, tag: str) -> None:
    coupon = decode(dynamo.get_item(TableName=COUPONS, Key={"code": {"S": code}})["Item"])
    tags = set(coupon.get("tags") or ())
    tags.add(tag)
    coupon["tags"] = tags
    dynamo.put_item(TableName=COUPONS, Item=encode(coupon))  # expect: lost-update


# case: id=py-ddb-1083 label=safe tier=1 note=ADD to a set is done by the store
def add_tag_in_store(code: str, tag: str) -> None:
    dynamo.update_item(
        TableName=COUPONS,
        Key={"code": {"S": code}},
        UpdateExpression="ADD tags :t",
        ExpressionAttributeValues={":t": {"SS": [tag]}},
    )


# case: id=py-ddb-1084 label=race rule=check-then-create tier=2 note=uniqueness per user by GSI query, put under a fresh uuid
def redeem(code: str, user_id: str) -> str:
    found = dynamo.query(
        TableName=REDEMPTIONS,
        IndexName="by_user_code",
        KeyConditionExpression="user_id = :u AND code = :c",
        ExpressionAttributeValues={":u": {"S": user_id}, ":c": {"S": code}},
    )
    if found["Count"]:
        raise CouponError("used already")
    redemption_id = uuid.uuid4().hex
    dynamo.put_item(  # expect: check-then-create
        TableName=REDEMPTIONS,
        Item={"id": {"S": redemption_id}, "user_id": {"S": user_id}, "code": {"S": code}},
        ConditionExpression="attribute_not_exists(id)",
    )
    return redemption_id


# case: id=py-ddb-1085 label=safe tier=2 note=key derived from user and code, condition on that key
def redeem_keyed(code: str, user_id: str) -> str:
    redemption_id = f"{user_id}#{code}"
    try:
        dynamo.put_item(
            TableName=REDEMPTIONS,
            Item={"id": {"S": redemption_id}, "user_id": {"S": user_id}, "code": {"S": code}},
            ConditionExpression="attribute_not_exists(id)",
        )
    except dynamo.exceptions.ConditionalCheckFailedException as exc:
        raise CouponError("used already") from exc
    return redemption_id


# case: id=py-ddb-1086 label=safe tier=2 note=ConditionCheck of the same transaction names what was read
def issue(campaign: str, code: str, budget_version: int) -> None:
    campaign_item = dynamo.get_item(TableName=COUPONS, Key={"code": {"S": campaign}})["Item"]
    if campaign_item["state"]["S"] != "open":
        raise CouponError("campaign is closed")
    try:
        dynamo.transact_write_items(
            TransactItems=[
                {
                    "ConditionCheck": {
                        "TableName": COUPONS,
                        "Key": {"code": {"S": campaign}},
                        "ConditionExpression": "#s = :open AND version = :v",
                        "ExpressionAttributeNames": {"#s": "state"},
                        "ExpressionAttributeValues": {":open": {"S": "open"}, ":v": {"N": str(budget_version)}},
                    }
                },
                {
                    "Put": {
                        "TableName": COUPONS,
                        "Item": {"code": {"S": code}, "campaign": {"S": campaign}},
                        "ConditionExpression": "attribute_not_exists(code)",
                    }
                },
            ]
        )
    except dynamo.exceptions.TransactionCanceledException as exc:
        raise CouponError("campaign changed") from exc


# case: id=py-ddb-1087 label=race rule=lost-update tier=2 note=TransactGetItems, then a plain write of a value from it
def merge_uses(kept: str, dropped: str) -> None:
    out = dynamo.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": COUPONS, "Key": {"code": {"S": code}}}} for code in (kept, dropped)
        ]
    )
    first, second = (int(answer["Item"]["uses_left"]["N"]) for answer in out["Responses"])
    dynamo.update_item(  # expect: lost-update
        TableName=COUPONS,
        Key={"code": {"S": kept}},
        UpdateExpression="SET uses_left = :sum",
        ExpressionAttributeValues={":sum": {"N": str(first + second)}},
    )


# case: id=py-ddb-1088 label=race rule=lost-update tier=2 note=PartiQL update by key with a computed value
def halve(code: str) -> None:
    rows = dynamo.execute_statement(
        Statement=f'SELECT uses_left FROM "{COUPONS}" WHERE code = ?', Parameters=[{"S": code}]
    )["Items"]
    left = int(rows[0]["uses_left"]["N"]) // 2
    dynamo.execute_statement(  # expect: lost-update
        Statement=f'UPDATE "{COUPONS}" SET uses_left = ? WHERE code = ?',
        Parameters=[{"N": str(left)}, {"S": code}],
    )


# case: id=py-ddb-1089 label=safe tier=2 note=PartiQL update names the old value in its WHERE
def halve_compared(code: str) -> None:
    rows = dynamo.execute_statement(
        Statement=f'SELECT uses_left FROM "{COUPONS}" WHERE code = ?', Parameters=[{"S": code}]
    )["Items"]
    seen = rows[0]["uses_left"]
    try:
        dynamo.execute_statement(
            Statement=f'UPDATE "{COUPONS}" SET uses_left = ? WHERE code = ? AND uses_left = ?',
            Parameters=[{"N": str(int(seen["N"]) // 2)}, {"S": code}, seen],
        )
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise CouponError(code) from exc
        raise
