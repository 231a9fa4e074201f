"""Numbers that are drawn at the door."""

import os

import boto3

from waiting.audit import audited

_client = boto3.client("dynamodb")
_TABLE = os.environ["TICKETS_TABLE"]


class TicketBox:
    """A singleton of the module: `box`."""

    @audited("draw")
    def draw(self, ward: str) -> int:
        answer = _client.get_item(TableName=_TABLE, Key={"ward": {"S": ward}})
        last = int(answer["Item"]["last"]["N"])
        _client.put_item(TableName=_TABLE, Item={"ward": {"S": ward}, "last": {"N": str(last + 1)}})  # expect: lost-update  # reached: POST /wards/{ward}/tickets
        return last + 1

    @audited("draw")
    def draw_counted(self, ward: str) -> int:
        answer = _client.update_item(
            TableName=_TABLE,
            Key={"ward": {"S": ward}},
            UpdateExpression="ADD #l :one",
            ExpressionAttributeNames={"#l": "last"},
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["last"]["N"])


box = TicketBox()
