"""Takes settlements from a queue."""
import json

import readings


def lambda_handler(event, context):
    for record in event["Records"]:
        body = json.loads(record["body"])
        readings.settle(body["meter_id"], body["value"])
