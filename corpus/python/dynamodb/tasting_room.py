"""Tasting room: states by enumeration, vouchers and tables held for a time, places given back."""
from __future__ import annotations

import time
from enum import Enum

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

resource = boto3.resource("dynamodb")
tables = resource.Table("tasting-tables")
vouchers = resource.Table("tasting-vouchers")
evenings = resource.Table("tasting-evenings")


class State(str, Enum):
    ASKED = "asked"
    SEATED = "seated"


def is_conflict(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


# case: id=py-ddb-1780 label=race rule=check-then-act tier=2 note=the state is tested as a member of an enumeration
def seat(number: str, host: str) -> None:
    table = tables.get_item(Key={"number": number})["Item"]
    if State(table["state"]) is not State.ASKED:
        raise ValueError(number)
    tables.update_item(  # expect: check-then-act
        Key={"number": number},
        UpdateExpression="SET #s = :s, host = :h",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": State.SEATED.value, ":h": host},
    )


# case: id=py-ddb-1781 label=safe tier=2 note=the condition asks for the same member
def seat_checked(number: str, host: str) -> None:
    table = tables.get_item(Key={"number": number})["Item"]
    if State(table["state"]) is not State.ASKED:
        raise ValueError(number)
    tables.update_item(
        Key={"number": number},
        UpdateExpression="SET #s = :s, host = :h",
        ConditionExpression="#s = :asked",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": State.SEATED.value, ":asked": State.ASKED.value, ":h": host},
    )


# case: id=py-ddb-1782 label=safe tier=3 note=that the voucher has not run out passes by itself, who redeems it is the condition
def redeem(code: str, guest: str) -> int:
    voucher = vouchers.get_item(Key={"code": code}).get("Item")
    if voucher is None or voucher.get("guest") or voucher["until"] < int(time.time()):
        raise ValueError(code)
    try:
        vouchers.update_item(
            Key={"code": code},
            UpdateExpression="SET guest = :g",
            ConditionExpression=Attr("guest").not_exists(),
            ExpressionAttributeValues={":g": guest},
        )
    except ClientError as error:
        if is_conflict(error):
            raise ValueError(code) from error
        raise
    return int(voucher["pours"])


# case: id=py-ddb-1783 label=safe tier=3 note=a longer time for all of a kind
def prolong(code: str, seconds: int) -> None:
    vouchers.update_item(
        Key={"code": code},
        UpdateExpression="ADD #u :s",
        ExpressionAttributeNames={"#u": "until"},
        ExpressionAttributeValues={":s": seconds},
    )


# case: id=py-ddb-1784 label=race rule=check-then-act tier=3 note=the condition asks for something that was not tested
def redeem_amiss(code: str, guest: str) -> int:
    voucher = vouchers.get_item(Key={"code": code}).get("Item")
    if voucher is None or voucher.get("guest") or voucher["until"] < int(time.time()):
        raise ValueError(code)
    vouchers.update_item(  # expect: check-then-act
        Key={"code": code},
        UpdateExpression="SET guest = :g",
        ConditionExpression=Attr("pours").gt(0),
        ExpressionAttributeValues={":g": guest},
    )
    return int(voucher["pours"])


def _holder(number: str) -> str | None:
    table = tables.get_item(Key={"number": number}).get("Item", {})
    if not table or table["held_until"] <= int(time.time()):
        return None
    return table["guest"]


# case: id=py-ddb-1785 label=safe tier=3 note=who holds the table is looked up and asked for again, the time is not
def leave(number: str, guest: str) -> bool:
    if _holder(number) != guest:
        return False
    try:
        tables.delete_item(Key={"number": number}, ConditionExpression=Attr("guest").eq(guest))
    except ClientError as error:
        if is_conflict(error):
            return False
        raise
    return True


# case: id=py-ddb-1786 label=race rule=check-then-act tier=3 note=the same with no condition
def leave_amiss(number: str, guest: str) -> bool:
    if _holder(number) != guest:
        return False
    tables.delete_item(Key={"number": number})  # expect: check-then-act
    return True


# case: id=py-ddb-1787 label=race rule=check-then-act tier=3 note=held by a put of which the time is the condition of nothing
def hold(number: str, guest: str) -> bool:
    if _holder(number) is not None:
        return False
    tables.put_item(  # expect: check-then-act
        Item={"number": number, "guest": guest, "held_until": int(time.time()) + 900}
    )
    return True


# case: id=py-ddb-1788 label=safe tier=2 note=its own number is tested, and given back where it was too much
def join(evening: str, guests: int) -> bool:
    taken = evenings.update_item(
        Key={"evening": evening},
        UpdateExpression="ADD taken :n",
        ExpressionAttributeValues={":n": guests},
        ReturnValues="ALL_NEW",
    )["Attributes"]
    if taken["taken"] > taken["places"]:
        evenings.update_item(
            Key={"evening": evening},
            UpdateExpression="ADD taken :n",
            ExpressionAttributeValues={":n": -guests},
        )
        return False
    return True


# case: id=py-ddb-1789 label=race rule=unconditional-update tier=2 note=more is taken than was added
def join_amiss(evening: str, guests: int, places: int) -> bool:
    taken = evenings.update_item(
        Key={"evening": evening},
        UpdateExpression="ADD taken :n",
        ExpressionAttributeValues={":n": guests},
        ReturnValues="ALL_NEW",
    )["Attributes"]
    if taken["taken"] > taken["places"]:
        evenings.update_item(  # expect: unconditional-update
            Key={"evening": evening},
            UpdateExpression="ADD taken :n",
            ExpressionAttributeValues={":n": -places},
        )
        return False
    return True
