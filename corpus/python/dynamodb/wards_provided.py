# case: who provides a parameter says so; methods that are handed over, or looked up by name; items made records
from dataclasses import asdict, dataclass

import boto3
from fastapi import Depends

wards = boto3.resource("dynamodb").Table("wards")


@dataclass
class Ward:
    name: str
    beds: int = 0


class Office:
    def __init__(self, table):
        self.table = table

    def open_bed(self, name):
        beds = self.table.get_item(Key={"name": name})["Item"]["beds"]
        self.table.update_item(  # expect: lost-update
            Key={"name": name}, UpdateExpression="SET beds = :b", ExpressionAttributeValues={":b": beds + 1}
        )


def get_office():
    return Office(wards)


def open_bed(name, office=Depends(get_office)):
    office.open_bed(name)


def _timed(method, **arguments):
    return method(**arguments)  # expect: lost-update


def shut_bed(event, context):
    ward = wards.get_item(Key={"name": event["name"]})["Item"]
    ward["beds"] -= 1
    _timed(wards.put_item, Item=ward)


def _call(name, **arguments):
    return getattr(wards, name)(**arguments)  # expect: lost-update


def close_bed(event, context):
    ward = wards.get_item(Key={"name": event["name"]})["Item"]
    ward["beds"] -= 1
    _call("put_item", Item=ward)


def move_beds(event, context):
    ward = Ward(**wards.get_item(Key={"name": event["name"]})["Item"])
    ward.beds -= event["beds"]
    wards.put_item(Item=asdict(ward))  # expect: lost-update


def add_bed(event, context):
    wards.update_item(
        Key={"name": event["name"]}, UpdateExpression="ADD beds :n", ExpressionAttributeValues={":n": 1}
    )
