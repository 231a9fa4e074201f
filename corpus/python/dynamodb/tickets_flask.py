"""Flask endpoints: ticket reservations and orders over two DynamoDB tables."""
from __future__ import annotations

import logging
import os
import uuid
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from flask import Flask, abort, jsonify, request

app = Flask(__name__)
log = logging.getLogger(__name__)

dynamodb = boto3.resource("dynamodb")
client = boto3.client("dynamodb")
events = dynamodb.Table(os.environ["EVENTS_TABLE"])
EVENTS = os.environ["EVENTS_TABLE"]
ORDERS = os.environ["ORDERS_TABLE"]


def _is_conflict(exc: ClientError) -> bool:
    return exc.response["Error"]["Code"] in {
        "ConditionalCheckFailedException",
        "TransactionCanceledException",
    }


# case: id=py-ddb-1001 label=race rule=lost-update tier=1 note=remaining read, tested, absolute value set
@app.post("/events/<event_id>/reservations")
def reserve(event_id: str):
    wanted = int(request.get_json()["tickets"])
    item = events.get_item(Key={"event_id": event_id}, ConsistentRead=True).get("Item")
    if item is None:
        abort(404)
    remaining = int(item["remaining"])
    if remaining < wanted:
        return jsonify(error="sold out"), 409
    events.update_item(  # expect: lost-update
        Key={"event_id": event_id},
        UpdateExpression="SET remaining = :left",
        ExpressionAttributeValues={":left": remaining - wanted},
    )
    return jsonify(reserved=wanted), 201


# case: id=py-ddb-1002 label=race rule=check-then-act tier=1 note=atomic decrement after a check that no condition repeats
@app.post("/v2/events/<event_id>/reservations")
def reserve_delta(event_id: str):
    wanted = int(request.get_json()["tickets"])
    item = events.get_item(Key={"event_id": event_id}).get("Item", {})
    if item.get("remaining", 0) < wanted:
        return jsonify(error="sold out"), 409
    events.update_item(  # expect: check-then-act
        Key={"event_id": event_id},
        UpdateExpression="SET remaining = remaining - :n",
        ExpressionAttributeValues={":n": wanted},
    )
    return jsonify(reserved=wanted), 201


# case: id=py-ddb-1003 label=safe tier=1 note=same check carried by the condition, conflict answered with 409
@app.post("/v3/events/<event_id>/reservations")
def reserve_conditional(event_id: str):
    wanted = int(request.get_json()["tickets"])
    item = events.get_item(Key={"event_id": event_id}).get("Item")
    if item is None or item["remaining"] < wanted:
        return jsonify(error="sold out"), 409
    try:
        events.update_item(
            Key={"event_id": event_id},
            UpdateExpression="SET remaining = remaining - :n",
            ConditionExpression="remaining >= :n",
            ExpressionAttributeValues={":n": wanted},
        )
    except ClientError as exc:
        if not _is_conflict(exc):
            raise
        return jsonify(error="sold out"), 409
    return jsonify(reserved=wanted), 201


# case: id=py-ddb-1004 label=race rule=unconditional-update tier=1 note=decrement with no read and no condition
@app.post("/events/<event_id>/holds")
def hold(event_id: str):
    wanted = int(request.get_json()["tickets"])
    events.update_item(  # expect: unconditional-update
        Key={"event_id": event_id},
        UpdateExpression="SET remaining = remaining - :n",
        ExpressionAttributeValues={":n": wanted},
    )
    return jsonify(held=wanted)


# case: id=py-ddb-1005 label=race rule=check-then-act tier=2 note=attribute_exists proves existence only
@app.post("/events/<event_id>/extras")
def reserve_existing(event_id: str):
    wanted = int(request.get_json().get("tickets", 1))
    item = events.get_item(Key={"event_id": event_id}).get("Item")
    if not item or item["extras"] < wanted:
        return jsonify(error="none left"), 409
    try:
        events.update_item(  # expect: check-then-act
            Key={"event_id": event_id},
            UpdateExpression="ADD extras :minus",
            ConditionExpression=Attr("event_id").exists(),
            ExpressionAttributeValues={":minus": -wanted},
        )
    except events.meta.client.exceptions.ConditionalCheckFailedException:
        abort(404)
    return jsonify(ok=True)


def _stock(sku: str) -> dict[str, Any]:
    return client.get_item(TableName=EVENTS, Key={"event_id": {"S": sku}})["Item"]


# case: id=py-ddb-1006 label=race rule=check-then-act tier=3 note=transaction whose Update has no condition on the stock read before
@app.post("/orders")
def create_order():
    body = request.get_json()
    quantity = int(body["quantity"])
    item = _stock(body["event_id"])
    if int(item["remaining"]["N"]) < quantity:
        return jsonify(error="sold out"), 409
    order_id = str(uuid.uuid4())
    client.transact_write_items(  # expect: check-then-act
        TransactItems=[
            {
                "Update": {
                    "TableName": EVENTS,
                    "Key": {"event_id": {"S": body["event_id"]}},
                    "UpdateExpression": "SET remaining = remaining - :q",
                    "ExpressionAttributeValues": {":q": {"N": str(quantity)}},
                }
            },
            {
                "Put": {
                    "TableName": ORDERS,
                    "Item": {"order_id": {"S": order_id}, "quantity": {"N": str(quantity)}},
                    "ConditionExpression": "attribute_not_exists(order_id)",
                }
            },
        ]
    )
    return jsonify(order=order_id), 201


# case: id=py-ddb-1007 label=safe tier=3 note=the transaction's Update repeats the check, cancellation is answered
@app.post("/v2/orders")
def create_order_conditional():
    body = request.get_json()
    quantity = int(body["quantity"])
    item = _stock(body["event_id"])
    if int(item["remaining"]["N"]) < quantity:
        return jsonify(error="sold out"), 409
    order_id = str(uuid.uuid4())
    stock_update = {
        "TableName": EVENTS,
        "Key": {"event_id": {"S": body["event_id"]}},
        "UpdateExpression": "SET remaining = remaining - :q",
        "ConditionExpression": "remaining >= :q",
        "ExpressionAttributeValues": {":q": {"N": str(quantity)}},
    }
    order_put = {
        "TableName": ORDERS,
        "Item": {"order_id": {"S": order_id}, "quantity": {"N": str(quantity)}},
        "ConditionExpression": "attribute_not_exists(order_id)",
    }
    try:
        client.transact_write_items(
            TransactItems=[{"Update": stock_update}, {"Put": order_put}],
            ClientRequestToken=order_id,
        )
    except client.exceptions.TransactionCanceledException:
        log.info("order for %s lost the race", body["event_id"])
        return jsonify(error="sold out"), 409
    return jsonify(order=order_id), 201


# case: id=py-ddb-1008 label=safe tier=1 note=positive in-place delta gives back what was taken
@app.delete("/events/<event_id>/reservations/<int:count>")
def release(event_id: str, count: int):
    events.update_item(
        Key={"event_id": event_id},
        UpdateExpression="SET remaining = remaining + :n",
        ConditionExpression="attribute_exists(event_id)",
        ExpressionAttributeValues={":n": Decimal(count)},
    )
    return "", 204
