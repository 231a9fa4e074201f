"""The table of parcels."""

import boto3
from boto3.dynamodb.conditions import Attr, Key

from desk.parcel import Parcel


class ParcelTable:
    def __init__(self, name):
        self._table = boto3.resource("dynamodb").Table(name)

    @staticmethod
    def _pages(call, arguments):
        while True:
            page = call(**arguments)
            for item in page.get("Items", []):
                yield item
            if not page.get("LastEvaluatedKey"):
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def on_shelf(self, shelf):
        arguments = {"KeyConditionExpression": Key("Shelf").eq(shelf), "ConsistentRead": True}
        for item in self._pages(self._table.query, arguments):
            yield Parcel.from_item(item)

    def keep_reminders(self, parcel):
        self._table.update_item(  # expect: lost-update
            Key=parcel.key,
            UpdateExpression="SET Reminders = :n",
            ExpressionAttributeValues={":n": parcel.reminders},
            ConditionExpression="attribute_exists(Shelf)",
        )

    def add_reminder(self, parcel):
        self._table.update_item(
            Key=parcel.key,
            UpdateExpression="ADD Reminders :one",
            ExpressionAttributeValues={":one": 1},
        )

    def keep_signatures(self, parcel, seen):
        self._table.update_item(
            Key=parcel.key,
            UpdateExpression="SET Signatures = :all",
            ExpressionAttributeValues={":all": parcel.signatures},
            ConditionExpression=Attr("Signatures").eq(seen),
        )
