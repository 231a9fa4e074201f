"""Raffles: a column that is set once, and states of which either may let somebody in."""
from __future__ import annotations

import os
import secrets
import time
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr

raffles = boto3.resource("dynamodb").Table(os.environ["RAFFLES_TABLE"])
booths = boto3.resource("dynamodb").Table(os.environ["BOOTHS_TABLE"])
Lost = raffles.meta.client.exceptions.ConditionalCheckFailedException


class Occupied(Exception):
    pass


# case: id=py-ddb-2910 label=safe tier=1 note=the number is drawn where there is none, and the same is the condition
def draw(raffle_id: str) -> int:
    raffle = raffles.get_item(Key={"raffle_id": raffle_id}, ConsistentRead=True)["Item"]
    if "drawn" in raffle:
        return int(raffle["drawn"])
    drawn = secrets.randbelow(int(raffle["tickets"])) + 1
    raffles.update_item(
        Key={"raffle_id": raffle_id},
        UpdateExpression="SET drawn = :drawn",
        ConditionExpression="attribute_not_exists(drawn)",
        ExpressionAttributeValues={":drawn": drawn},
    )
    return drawn


# case: id=py-ddb-2911 label=race rule=check-then-act tier=1 note=the column is looked for in the item, the condition is on the item
def draw_again(raffle_id: str) -> int:
    raffle = raffles.get_item(Key={"raffle_id": raffle_id}, ConsistentRead=True)["Item"]
    if "drawn" not in raffle:
        drawn = secrets.randbelow(int(raffle["tickets"])) + 1
        raffles.update_item(  # expect: check-then-act
            Key={"raffle_id": raffle_id},
            UpdateExpression="SET drawn = :drawn",
            ConditionExpression="attribute_exists(raffle_id)",
            ExpressionAttributeValues={":drawn": drawn},
        )
        return drawn
    return int(raffle["drawn"])


# case: id=py-ddb-2912 label=safe tier=2 note=either of what was tested lets one in, and neither holds afterwards
def occupy(booth_id: str, seller: str) -> dict[str, Any]:
    now = int(time.time())
    booth = booths.get_item(Key={"booth_id": booth_id})["Item"]
    over = int(booth.get("held_until", 0)) < now
    if booth["state"] != "free" and not over:
        raise Occupied(booth_id)
    free_now = Attr("state").eq("free") | Attr("held_until").lt(now)
    try:
        answer = booths.update_item(
            Key={"booth_id": booth_id},
            UpdateExpression="SET #s = :held, seller = :seller, held_until = :until",
            ConditionExpression=Attr("booth_id").exists() & free_now,
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":held": "held", ":seller": seller, ":until": now + 900},
            ReturnValues="ALL_NEW",
        )
    except booths.meta.client.exceptions.ConditionalCheckFailedException:
        raise Occupied(booth_id) from None
    return answer["Attributes"]


# case: id=py-ddb-2913 label=race rule=check-then-act tier=2 note=one of the two still holds after the write: whoever comes second passes by it
def occupy_for_good(booth_id: str, seller: str) -> None:
    now = int(time.time())
    booth = booths.get_item(Key={"booth_id": booth_id})["Item"]
    over = int(booth.get("held_until", 0)) < now
    if booth["state"] != "free" and not over:
        raise Occupied(booth_id)
    booths.update_item(  # expect: check-then-act
        Key={"booth_id": booth_id},
        UpdateExpression="SET #s = :held, seller = :seller",
        ConditionExpression=Attr("state").eq("free") | Attr("held_until").lt(now),
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":held": "held", ":seller": seller},
    )


# case: id=py-ddb-2914 label=safe tier=3 note=the condition is one of two, each of which compares the edition that was read
def add_prize(raffle_id: str, prize: str) -> None:
    raffle = raffles.get_item(Key={"raffle_id": raffle_id}, ConsistentRead=True)["Item"]
    edition = raffle.get("edition", 0)
    raffles.update_item(
        Key={"raffle_id": raffle_id},
        UpdateExpression="SET prizes = :prizes, edition = :next",
        ConditionExpression="attribute_not_exists(edition) OR edition = :seen"
        if "edition" not in raffle
        else "edition = :seen",
        ExpressionAttributeValues={
            ":prizes": [*raffle.get("prizes", []), prize],
            ":seen": edition,
            ":next": edition + 1,
        },
    )
