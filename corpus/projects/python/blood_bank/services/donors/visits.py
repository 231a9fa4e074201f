"""A donor's visit: begun in one method, ended in another."""

import os
from dataclasses import dataclass, replace

import boto3
from boto3.dynamodb.conditions import Attr

table = boto3.resource("dynamodb").Table(os.environ["DONORS_TABLE"])


@dataclass(frozen=True)
class Donor:
    number: str
    donations: int
    rest_days: int
    history: tuple = ()

    @classmethod
    def parse(cls, item):
        return cls(
            number=item["number"],
            donations=int(item["donations"]),
            rest_days=int(item.get("rest_days", 0)),
            history=tuple(item.get("history", ())),
        )


class Visit:
    def __init__(self, number):
        self.number = number
        self.donor = None

    def begin(self):
        item = table.get_item(Key={"number": self.number})["Item"]
        self.donor = Donor.parse(item)
        return self

    def end(self):
        after = replace(self.donor, donations=self.donor.donations + 1)
        table.update_item(  # expect: lost-update
            Key={"number": self.number},
            UpdateExpression="SET donations = :n",
            ExpressionAttributeValues={":n": after.donations},
        )

    def end_counted(self):
        table.update_item(
            Key={"number": self.number},
            UpdateExpression="ADD donations :one",
            ExpressionAttributeValues={":one": 1},
        )

    def end_unchanged(self):
        table.update_item(
            Key={"number": self.number},
            UpdateExpression="SET donations = :n",
            ConditionExpression=Attr("donations").eq(self.donor.donations),
            ExpressionAttributeValues={":n": self.donor.donations + 1},
        )


def visited(event, context):
    visit = Visit(event["number"])
    visit.begin()
    visit.end()


def visited_counted(event, context):
    visit = Visit(event["number"]).begin()
    visit.end_counted()


def visited_unchanged(event, context):
    visit = Visit(event["number"]).begin()
    visit.end_unchanged()


def age(event, context):
    """All donors of a page, through a list and a dict of rows."""
    items = table.scan(FilterExpression=Attr("rest_days").gt(0))["Items"]
    by_number = {item["number"]: Donor.parse(item) for item in items}
    changed = [replace(donor, rest_days=donor.rest_days - 1) for donor in by_number.values()]
    for donor in changed:
        table.update_item(  # expect: lost-update
            Key={"number": donor.number},
            UpdateExpression="SET rest_days = :d",
            ExpressionAttributeValues={":d": donor.rest_days},
        )


def age_counted(event, context):
    for item in table.scan(FilterExpression=Attr("rest_days").gt(0))["Items"]:
        table.update_item(
            Key={"number": item["number"]},
            UpdateExpression="SET rest_days = rest_days - :one",
            ConditionExpression=Attr("rest_days").gt(0),
            ExpressionAttributeValues={":one": 1},
        )
