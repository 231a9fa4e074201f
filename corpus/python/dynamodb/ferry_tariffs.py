"""Tariffs of a ferry, which pass through schemas on their way in and out."""

import boto3
from marshmallow import Schema, fields

table = boto3.resource("dynamodb").Table("tariffs")


class TariffSchema(Schema):
    route = fields.String(required=True)
    seats = fields.Integer()
    version = fields.Integer()


schema = TariffSchema()


def find(route):
    return schema.load(table.get_item(Key={"route": route})["Item"])


def sell(route, wanted):
    tariff = find(route)
    tariff["seats"] = tariff["seats"] - wanted
    table.put_item(Item=schema.dump(tariff))  # expect: lost-update


def sell_carefully(route, wanted):
    tariff = find(route)
    seen = tariff["version"]
    tariff["seats"] = tariff["seats"] - wanted
    tariff["version"] = seen + 1
    table.put_item(
        Item=schema.dump(tariff),
        ConditionExpression="version = :seen",
        ExpressionAttributeValues={":seen": seen},
    )


def hold(route):
    tariff = TariffSchema().load(table.get_item(Key={"route": route})["Item"])
    if tariff["seats"] < 1:
        raise LookupError(route)
    table.update_item(  # expect: check-then-act
        Key={"route": route},
        UpdateExpression="SET seats = seats - :one",
        ExpressionAttributeValues={":one": 1},
    )
