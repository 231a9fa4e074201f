"""What is known of a lamp, and where it is kept."""
import os

import boto3


def table():
    return boto3.resource("dynamodb").Table(os.environ["LAMPS_TABLE"])


def hours_of(lamp_id: str) -> int:
    return table().get_item(Key={"lamp_id": lamp_id}, ConsistentRead=True)["Item"]["hours"]
