"""Sums of readings."""
import os

import boto3

sums = boto3.resource("dynamodb").Table(os.environ["SUMS_TABLE"])


def add(meter_id, value):
    row = sums.get_item(Key={"meter_id": meter_id}).get("Item", {"total": 0})
    sums.put_item(Item={"meter_id": meter_id, "total": row["total"] + value})  # expect: lost-update  # reached: POST /meters/<meter_id>/readings


def settle(meter_id, value):
    row = sums.get_item(Key={"meter_id": meter_id})["Item"]
    sums.update_item(  # expect: lost-update  # reached: consumer consumer.lambda_handler
        Key={"meter_id": meter_id},
        UpdateExpression="SET settled = :s",
        ExpressionAttributeValues={":s": row["settled"] + value},
    )
