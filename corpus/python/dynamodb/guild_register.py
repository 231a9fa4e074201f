"""The register of a guild in one table: workshops, their badges and their rents under the same partition."""
from __future__ import annotations

import os
import uuid
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from guildhall.entities import Apprentice

PARTITION = "SHOP#"
META = "S#META"
BADGE = "S#BADGE#"
RENT = "RENT#"
STAMP_FIELDS: frozenset[str] = frozenset({"stamped_by"})

register = boto3.resource("dynamodb").Table(os.environ["REGISTER_TABLE"])


class Refused(Exception):
    pass


def shop_key(shop_id: str) -> dict[str, str]:
    return {"PK": f"{PARTITION}{shop_id}", "SK": META}


def load_shop(shop_id: str) -> dict[str, Any]:
    return register.get_item(Key=shop_key(shop_id))["Item"]


def open_shop(shop_id: str, quarter: str, founder: str) -> None:
    found = register.get_item(Key=shop_key(shop_id)).get("Item")
    if found and found["founder"] != founder:
        raise Refused(shop_id)
    register.put_item(
        Item={**shop_key(shop_id), "quarter": quarter, "founder": founder, "sign": "none"},
        ConditionExpression="attribute_not_exists(PK)",
    )


def move_badge(shop_id: str, badge: str, quarter: str) -> None:
    register.update_item(
        Key={"PK": f"{PARTITION}{shop_id}", "SK": f"{BADGE}{badge}"},
        UpdateExpression="SET quarter = :q",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":q": quarter},
    )


# case: id=py-ddb-1950 label=safe tier=2 note=what is tested is given at creation; only badges of the shop have a column of that name that changes
def rename_shop(shop_id: str, quarter: str, title: str) -> None:
    if load_shop(shop_id)["quarter"] != quarter:
        raise Refused(shop_id)
    register.update_item(
        Key=shop_key(shop_id),
        UpdateExpression="SET title = :t",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":t": title},
    )


def change_sign(shop_id: str, sign: str) -> None:
    register.update_item(
        Key=shop_key(shop_id),
        UpdateExpression="SET sign = :s",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":s": sign},
    )


# case: id=py-ddb-1951 label=race rule=check-then-act tier=2 note=the same with a column of the shop that changes
def gild_shop(shop_id: str, leaf: str) -> None:
    if load_shop(shop_id)["sign"] == "none":
        raise Refused(shop_id)
    register.update_item(  # expect: check-then-act
        Key=shop_key(shop_id),
        UpdateExpression="SET gilding = :g",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":g": leaf},
    )


# case: id=py-ddb-1952 label=safe tier=2 note=what only a put that must find nothing writes is given at creation
def honour_founder(shop_id: str, founder: str, wreath: str) -> None:
    if load_shop(shop_id)["founder"] != founder:
        raise Refused(shop_id)
    register.update_item(
        Key=shop_key(shop_id),
        UpdateExpression="SET wreath = :w",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":w": wreath},
    )


# case: id=py-ddb-1953 label=safe tier=2 note=badges are looked at, the shop is written: no key that begins like a badge's is the shop's
def praise_shop(shop_id: str, praise: str) -> None:
    badges = register.query(
        KeyConditionExpression=Key("PK").eq(f"{PARTITION}{shop_id}") & Key("SK").begins_with(BADGE),
    )["Items"]
    if any(b["quarter"] == "harbour" for b in badges):
        raise Refused(shop_id)
    register.update_item(
        Key=shop_key(shop_id),
        UpdateExpression="SET praise = :p",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":p": praise},
    )


# case: id=py-ddb-1954 label=race rule=check-then-act tier=2 note=rents are looked at, and each is written under the key that it was found by
def remit_rents(shop_id: str) -> None:
    rents = register.query(
        KeyConditionExpression=Key("PK").eq(f"{PARTITION}{shop_id}") & Key("SK").begins_with(RENT),
    )["Items"]
    for rent in rents:
        if rent["due"] > 0:
            register.update_item(  # expect: check-then-act
                Key={"PK": rent["PK"], "SK": rent["SK"]},
                UpdateExpression="SET due = :d",
                ExpressionAttributeValues={":d": 0},
            )


def charge_rent(shop_id: str, month: str, due: int) -> None:
    register.update_item(
        Key={"PK": f"{PARTITION}{shop_id}", "SK": f"{RENT}{month}"},
        UpdateExpression="ADD due :d",
        ExpressionAttributeValues={":d": due},
    )


def load_apprentice(name: str) -> Apprentice:
    key = {"PK": f"APPR#{name}", "SK": "A#META"}
    item = register.get_item(Key=key)["Item"]
    letters = register.query(KeyConditionExpression=Key("PK").eq(f"APPR#{name}"))["Items"]
    return Apprentice(name=name, guild=item["guild"], bound=item["bound"], letters=letters)


# case: id=py-ddb-1955 label=safe tier=3 note=an entity of another package has what it was given by name; the guild never changes
def note_apprentice(name: str, guild: str, note: str) -> None:
    if load_apprentice(name).guild != guild:
        raise Refused(name)
    register.update_item(
        Key={"PK": f"APPR#{name}", "SK": "A#META"},
        UpdateExpression="SET remark = :n",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":n": note},
    )


# case: id=py-ddb-1956 label=race rule=check-then-act tier=3 note=the same entity, and a state that changes
def release_apprentice(name: str) -> None:
    if load_apprentice(name).bound != "yes":
        raise Refused(name)
    register.update_item(  # expect: check-then-act
        Key={"PK": f"APPR#{name}", "SK": "A#META"},
        UpdateExpression="SET bound = :b",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":b": "no"},
    )


def bind_apprentice(name: str, master: str) -> None:
    register.update_item(
        Key={"PK": f"APPR#{name}", "SK": "A#META"},
        UpdateExpression="SET bound = :b",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":b": master},
    )


def check_types(item: dict[str, Any]) -> None:
    for field in STAMP_FIELDS:
        if field in item and not isinstance(item[field], str):
            raise TypeError(field)


# case: id=py-ddb-1957 label=safe tier=3 note=whether it is a text is no state; the rows put beside it decide nothing
def stamp_shop(shop_id: str, clerk: str) -> None:
    shop = load_shop(shop_id)
    entry = {"PK": f"{PARTITION}{shop_id}", "SK": f"STAMP#{uuid.uuid4()}", "clerk": clerk}
    if "sign" in shop:
        entry["sign"] = shop["sign"]
    check_types(entry)
    register.update_item(
        Key=shop_key(shop_id),
        UpdateExpression="SET clerk = :c",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeValues={":c": clerk},
    )


# case: id=py-ddb-1959 label=race rule=check-then-create tier=2 note=the number after the last one that is there
def add_ledger_page(guild: str, text: str) -> None:
    last = register.query(
        KeyConditionExpression=Key("PK").eq(f"LEDGER#{guild}"), ScanIndexForward=False, Limit=1,
    )["Items"]
    number = last[0]["number"] + 1 if last else 1
    register.put_item(  # expect: check-then-create
        Item={"PK": f"LEDGER#{guild}", "SK": f"L#{number:06d}", "number": number, "text": text},
    )
