"""Messages, each handed to a function."""
import json
import os

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

loaves = boto3.resource("dynamodb").Table(os.environ["LOAVES_TABLE"])

processor = BatchProcessor(event_type=EventType.SQS)


def heat(record):
    name = json.loads(record.body)["name"]
    row = loaves.get_item(Key={"name": name})["Item"]
    loaves.update_item(  # expect: lost-update  # reached: consumer bakery.oven.heat
        Key={"name": name},
        UpdateExpression="SET heated = :n",
        ExpressionAttributeValues={":n": row["heated"] + 1},
    )


def lambda_handler(event, context):
    return process_partial_response(event=event, record_handler=heat, processor=processor, context=context)
