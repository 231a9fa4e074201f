from brewery.dynamo import DynamoKegs
from brewery.usecases import Draw, Pour


def pour_all(event, context):
    pour = Pour(DynamoKegs())
    for order in event["orders"]:
        pour(order["code"], order["litres"])


def draw_all(event, context):
    for order in event["orders"]:
        Draw(DynamoKegs())(order["code"], order["litres"])
