"""Rolls of a census: who comes second is told by the failure itself who is there."""

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

table = boto3.resource("dynamodb").Table("rolls")
bus = boto3.client("events")


def number_of(household, drawn):
    try:
        table.put_item(
            Item={"household": household, "number": drawn},
            ConditionExpression=Attr("household").not_exists(),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as e:
        if e.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        drawn = e.response["Item"]["number"]
    return drawn


def enrol(event, context):
    number = number_of(event["household"], event["number"])
    bus.put_events(Entries=[{"Detail": number}])


def number_for_all(household, drawn):
    try:
        table.put_item(  # expect: swallowed-conflict
            Item={"household": household, "number": drawn},
            ConditionExpression=Attr("household").not_exists(),
        )
    except ClientError as e:
        if e.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
    return drawn


def enrol_all(event, context):
    number = number_for_all(event["household"], event["number"])
    bus.put_events(Entries=[{"Detail": number}])
