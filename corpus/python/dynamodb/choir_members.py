"""Choir office: one member for each e-mail address, members under ids of their own."""
from __future__ import annotations

import os
import time
import uuid
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError
from flask import Flask, jsonify, request

app = Flask(__name__)
TABLE = os.environ["CHOIR_TABLE"]
client = boto3.client("dynamodb")
choir = boto3.resource("dynamodb").Table(TABLE)


class AddressInUse(Exception):
    pass


def marker_of(email: str) -> str:
    return f"EMAIL#{email.strip().lower()}"


def lost(exc: ClientError) -> bool:
    return exc.response["Error"]["Code"] == "TransactionCanceledException"


# case: the look-up on the index only spares the trip; the marker in the same transaction is what guards
@app.post("/members")
def join():
    email = request.json["email"]
    found = client.query(
        TableName=TABLE,
        IndexName="by-email",
        KeyConditionExpression="email = :e",
        ExpressionAttributeValues={":e": {"S": email}},
    )
    if found["Items"]:
        return jsonify(error="in use"), 409
    member_id = str(uuid.uuid4())
    try:
        client.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": {
                            "pk": {"S": f"MEMBER#{member_id}"},
                            "email": {"S": email},
                            "voice": {"S": request.json["voice"]},
                        },
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                },
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": {"pk": {"S": marker_of(email)}, "member": {"S": member_id}},
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                },
            ]
        )
    except ClientError as exc:
        if lost(exc):
            return jsonify(error="in use"), 409
        raise
    return jsonify(id=member_id), 201


# case: the marker itself is looked up first, and put only where there is none
def join_by_marker(email: str, voice: str) -> str:
    held = client.get_item(TableName=TABLE, Key={"pk": {"S": marker_of(email)}})
    if "Item" in held:
        raise AddressInUse(email)
    member_id = str(uuid.uuid4())
    client.transact_write_items(
        TransactItems=[
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {"pk": {"S": marker_of(email)}, "member": {"S": member_id}},
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {
                        "pk": {"S": f"MEMBER#{member_id}"},
                        "email": {"S": email},
                        "voice": {"S": voice},
                    },
                }
            },
        ]
    )
    return member_id


# case: the resource's own client, the marker in a table of its own
def join_from_list(email: str, voice: str) -> str:
    page = choir.query(IndexName="by-email", KeyConditionExpression=Key("email").eq(email), Limit=1)
    if page["Count"] > 0:
        raise AddressInUse(email)
    member_id = uuid.uuid4().hex
    items: list[dict[str, Any]] = [
        {"Put": {"TableName": TABLE, "Item": {"pk": member_id, "email": email, "voice": voice}}}
    ]
    items.append(
        {
            "Put": {
                "TableName": f"{TABLE}-addresses",
                "Item": {"address": email, "member": member_id},
                "ConditionExpression": "attribute_not_exists(#a)",
                "ExpressionAttributeNames": {"#a": "address"},
            }
        }
    )
    try:
        choir.meta.client.transact_write_items(TransactItems=items)
    except choir.meta.client.exceptions.TransactionCanceledException:
        raise AddressInUse(email) from None
    return member_id


# case: the marker is put without a condition, the second one replaces it
def join_unguarded(email: str, voice: str) -> str:
    page = choir.query(IndexName="by-email", KeyConditionExpression=Key("email").eq(email))
    if page["Items"]:
        raise AddressInUse(email)
    member_id = str(uuid.uuid4())
    choir.meta.client.transact_write_items(  # expect: check-then-create
        TransactItems=[
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {"pk": f"MEMBER#{member_id}", "email": email, "voice": voice},
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {"pk": marker_of(email), "member": member_id},
                }
            },
        ]
    )
    return member_id


# case: what is put beside the row is named after the request, not after the address
def join_once_per_request(email: str, voice: str, request_id: str) -> str:
    found = client.query(
        TableName=TABLE,
        IndexName="by-email",
        KeyConditionExpression="email = :e",
        ExpressionAttributeValues={":e": {"S": email}},
    )
    if found["Count"]:
        raise AddressInUse(email)
    member_id = str(uuid.uuid4())
    client.transact_write_items(  # expect: check-then-create
        TransactItems=[
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {
                        "pk": {"S": f"MEMBER#{member_id}"},
                        "email": {"S": email},
                        "voice": {"S": voice},
                    },
                }
            },
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {"pk": {"S": f"REQUEST#{request_id}"}, "member": {"S": member_id}},
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
        ]
    )
    return member_id


# case: the marker's key has a part that was drawn, so that no other marker is ever in its way
def join_with_stamp(email: str, voice: str) -> str:
    page = choir.query(IndexName="by-email", KeyConditionExpression=Key("email").eq(email))
    if page["Items"]:
        raise AddressInUse(email)
    member_id = str(uuid.uuid4())
    choir.meta.client.transact_write_items(  # expect: check-then-create
        TransactItems=[
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {"pk": f"MEMBER#{member_id}", "email": email, "voice": voice},
                }
            },
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {"pk": f"EMAIL#{email}#{member_id}", "at": int(time.time())},
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
        ]
    )
    return member_id


# case: the marker comes in a request of its own, after the row
def join_then_mark(email: str, voice: str) -> str:
    page = choir.query(IndexName="by-email", KeyConditionExpression=Key("email").eq(email))
    if page["Items"]:
        raise AddressInUse(email)
    member_id = str(uuid.uuid4())
    choir.put_item(Item={"pk": f"MEMBER#{member_id}", "email": email, "voice": voice})  # expect: check-then-create
    choir.put_item(
        Item={"pk": marker_of(email), "member": member_id},
        ConditionExpression="attribute_not_exists(pk)",
    )
    return member_id


# case: the marker is won before the row is put
def mark_then_join(email: str, voice: str) -> str:
    page = choir.query(IndexName="by-email", KeyConditionExpression=Key("email").eq(email))
    if page["Items"]:
        raise AddressInUse(email)
    member_id = str(uuid.uuid4())
    choir.put_item(
        Item={"pk": marker_of(email), "member": member_id},
        ConditionExpression="attribute_not_exists(pk)",
    )
    choir.put_item(Item={"pk": f"MEMBER#{member_id}", "email": email, "voice": voice})
    return member_id
