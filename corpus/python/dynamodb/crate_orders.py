"""Crates of a market stall: orders are put together from the items of a crate."""
import os
import uuid

import boto3
from boto3.dynamodb.conditions import Key

dynamodb = boto3.resource("dynamodb")
crates = dynamodb.Table("crates")
orders = dynamodb.Table("orders")
client = boto3.client("dynamodb")


class Changed(Exception):
    pass


def items_of(crate_id):
    return crates.query(KeyConditionExpression=Key("crate_id").eq(crate_id))["Items"]


def sum_of(crate_id):
    return sum(item["price"] for item in items_of(crate_id))


def put_in(crate_id, sku, price):
    crates.put_item(Item={"crate_id": crate_id, "sku": sku, "price": price})


# The sum is that of one query, the lines are those of another.
def order(crate_id):
    order_id = str(uuid.uuid4())
    total = sum_of(crate_id)
    lines = items_of(crate_id)
    orders.put_item(Item={"order_id": order_id, "total": total, "lines": lines})  # expect: read-skew
    return order_id


# Several items make one order.
def order_by_line(crate_id):
    order_id = str(uuid.uuid4())
    orders.put_item(Item={"pk": f"ORDER#{order_id}", "sk": "HEAD", "total": sum_of(crate_id)})
    for item in items_of(crate_id):
        orders.put_item(  # expect: read-skew
            Item={"pk": f"ORDER#{order_id}", "sk": f"LINE#{item['sku']}", "price": item["price"]}
        )
    return order_id


# Read once.
def order_once(crate_id):
    order_id = str(uuid.uuid4())
    lines = items_of(crate_id)
    total = sum(item["price"] for item in lines)
    orders.put_item(Item={"order_id": order_id, "total": total, "lines": lines})
    return order_id


def order_by_line_once(crate_id):
    order_id = str(uuid.uuid4())
    lines = items_of(crate_id)
    orders.put_item(Item={"pk": f"ORDER#{order_id}", "sk": "HEAD", "total": sum(item["price"] for item in lines)})
    for item in lines:
        orders.put_item(Item={"pk": f"ORDER#{order_id}", "sk": f"LINE#{item['sku']}", "price": item["price"]})
    return order_id


# Two crates are two crates.
def order_two(crate_id, other_id):
    order_id = str(uuid.uuid4())
    orders.put_item(Item={"order_id": order_id, "total": sum_of(crate_id), "lines": items_of(other_id)})
    return order_id


# Compared before it counts.
def order_compared(crate_id):
    order_id = str(uuid.uuid4())
    total = sum_of(crate_id)
    lines = items_of(crate_id)
    if total != sum(item["price"] for item in lines):
        raise Changed(crate_id)
    orders.put_item(Item={"order_id": order_id, "total": total, "lines": lines})
    return order_id
