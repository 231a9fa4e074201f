"""Pottery: shelves of a kiln, kept in DynamoDB; a firing that came too late tries again."""
import boto3

client = boto3.client("dynamodb")
shelves = boto3.resource("dynamodb").Table("kiln-shelves")


class Busy(Exception):
    pass


# case: id=py-ddb-9501 label=race rule=swallowed-conflict|lost-update tier=2 note=the item is read again, the count from the first one is kept
def load(event, context):
    key = {"shelf": event["shelf"]}
    shelf = shelves.get_item(Key=key)["Item"]
    room = shelf["room"] - event["pots"]
    for _ in range(6):
        try:
            shelves.update_item(  # expect: swallowed-conflict|lost-update
                Key=key,
                UpdateExpression="SET room = :r, rev = :next",
                ConditionExpression="rev = :seen",
                ExpressionAttributeValues={":r": room, ":next": shelf["rev"] + 1, ":seen": shelf["rev"]},
            )
            return room
        except client.exceptions.ConditionalCheckFailedException:
            shelf = shelves.get_item(Key=key)["Item"]
    raise Busy(event["shelf"])


# case: id=py-ddb-9502 label=safe tier=2 note=each round works the count out of the item that it read
def unload(event, context):
    key = {"shelf": event["shelf"]}
    shelf = shelves.get_item(Key=key)["Item"]
    for _ in range(6):
        room = shelf["room"] + event["pots"]
        try:
            shelves.update_item(
                Key=key,
                UpdateExpression="SET room = :r, rev = :next",
                ConditionExpression="rev = :seen",
                ExpressionAttributeValues={":r": room, ":next": shelf["rev"] + 1, ":seen": shelf["rev"]},
            )
            return room
        except client.exceptions.ConditionalCheckFailedException:
            shelf = shelves.get_item(Key=key)["Item"]
    raise Busy(event["shelf"])


# case: id=py-ddb-9503 label=race rule=swallowed-conflict|lost-update tier=3 note=the request is kept, only its revision is exchanged
def reserve(event, context):
    key = {"shelf": event["shelf"]}
    shelf = shelves.get_item(Key=key)["Item"]
    request = {
        "Key": key,
        "UpdateExpression": "SET room = :r, rev = :next",
        "ConditionExpression": "rev = :seen",
        "ExpressionAttributeValues": {
            ":r": shelf["room"] - event["pots"],
            ":next": shelf["rev"] + 1,
            ":seen": shelf["rev"],
        },
    }
    stored = False
    while not stored:
        try:
            shelves.update_item(**request)  # expect: swallowed-conflict|lost-update
            stored = True
        except client.exceptions.ConditionalCheckFailedException:
            rev = shelves.get_item(Key=key, ConsistentRead=True)["Item"]["rev"]
            request["ExpressionAttributeValues"][":seen"] = rev
            request["ExpressionAttributeValues"][":next"] = rev + 1


# case: id=py-ddb-9504 label=safe tier=3 note=the kept request says what it was told, only its revision is exchanged
def rename(event, context):
    key = {"shelf": event["shelf"]}
    shelf = shelves.get_item(Key=key)["Item"]
    request = {
        "Key": key,
        "UpdateExpression": "SET title = :t, rev = :next",
        "ConditionExpression": "rev = :seen",
        "ExpressionAttributeValues": {
            ":t": event["title"],
            ":next": shelf["rev"] + 1,
            ":seen": shelf["rev"],
        },
    }
    stored = False
    while not stored:
        try:
            shelves.update_item(**request)
            stored = True
        except client.exceptions.ConditionalCheckFailedException:
            rev = shelves.get_item(Key=key, ConsistentRead=True)["Item"]["rev"]
            request["ExpressionAttributeValues"][":seen"] = rev
            request["ExpressionAttributeValues"][":next"] = rev + 1
