"""Invoked once a month by a schedule."""
import os

import boto3

sums = boto3.resource("dynamodb").Table(os.environ["SUMS_TABLE"])


def handler(event, context):
    row = sums.get_item(Key={"meter_id": event["meter_id"]})["Item"]
    if not row.get("closed"):
        sums.put_item(Item={**row, "closed": True, "months": row["months"] + 1})  # expect: lost-update  # reached: function monthly.handler
