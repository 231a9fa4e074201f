"""A refused creation shows the sledge that is there already: to go by that is to go by what was read."""

import boto3
from botocore.exceptions import ClientError

sledges = boto3.resource("dynamodb").Table("sledges")


def _enter(number):
    sledges.put_item(
        Item={"number": number, "rides": 1, "state": "out"},
        ConditionExpression="attribute_not_exists(#n)",
        ExpressionAttributeNames={"#n": "number"},
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def ride(number):
    try:
        _enter(number)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        there = refused.response["Item"]
        sledges.update_item(  # expect: lost-update
            Key={"number": number},
            UpdateExpression="SET rides = :r",
            ExpressionAttributeValues={":r": there["rides"] + 1},
        )


def lend(number):
    try:
        _enter(number)
    except sledges.meta.client.exceptions.ConditionalCheckFailedException as refused:
        there = refused.response["Item"]
        if there["state"] != "in":
            raise ValueError("it is out")
        sledges.update_item(  # expect: check-then-act
            Key={"number": number},
            UpdateExpression="SET #s = :out",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":out": "out"},
        )


def lend_once(number):
    try:
        _enter(number)
    except sledges.meta.client.exceptions.ConditionalCheckFailedException as refused:
        there = refused.response["Item"]
        if there["state"] != "in":
            raise ValueError("it is out")
        sledges.update_item(
            Key={"number": number},
            UpdateExpression="SET #s = :out",
            ConditionExpression="#s = :in",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":out": "out", ":in": "in"},
        )
