"""What is asked of callers before they are answered."""
import boto3
from fastapi import Request

callers = boto3.resource("dynamodb").Table("callers")


def count_caller(request: Request):
    row = callers.get_item(Key={"id": request.client.host})["Item"]
    callers.put_item(Item={**row, "calls": row["calls"] + 1})  # expect: lost-update  # reached: /*


def count_api(request: Request):
    row = callers.get_item(Key={"id": request.client.host})["Item"]
    callers.put_item(Item={**row, "api": row["api"] + 1})  # expect: lost-update  # reached: /api/*


def count_moor(request: Request):
    row = callers.get_item(Key={"id": request.client.host})["Item"]
    callers.put_item(Item={**row, "moored": row["moored"] + 1})  # expect: lost-update  # reached: POST /api/berths/{berth_id}/ships


class Quota:
    """An object that is called for each request."""

    def __init__(self, field):
        self.field = field

    def __call__(self, request: Request):
        row = callers.get_item(Key={"id": request.client.host})["Item"]
        callers.put_item(Item={**row, "quota": row["quota"] - 1})  # expect: lost-update  # reached: DELETE /api/berths/{berth_id}/ships


class Visit:
    """Made for each request."""

    def __init__(self, request: Request):
        row = callers.get_item(Key={"id": request.client.host})["Item"]
        callers.put_item(Item={**row, "visits": row["visits"] + 1})  # expect: lost-update  # reached: GET /api/berths/{berth_id}
