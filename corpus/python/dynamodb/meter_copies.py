"""Meter readings per household: items taken apart, copied and put back."""
from __future__ import annotations

import copy
import os
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr

households = boto3.resource("dynamodb").Table(os.environ["HOUSEHOLDS_TABLE"])


def plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value


# case: id=py-ddb-1500 label=race rule=lost-update tier=2 note=a comprehension copies the item, not the map in it
def add_usage(house_id: str, month: str, units: int) -> None:
    house = {k: v for k, v in households.get_item(Key={"house_id": house_id})["Item"].items()}
    usage = house["usage"]
    usage[month] = usage.get(month, 0) + units
    households.put_item(Item=house)  # expect: lost-update


# case: id=py-ddb-1501 label=race rule=lost-update tier=2 note=the list in a dict() of the item is the item's own
def log_visit(house_id: str, visitor: str) -> None:
    item = households.get_item(Key={"house_id": house_id})["Item"]
    house = dict(item)
    house["visits"].append({"by": visitor})
    households.put_item(Item=house)  # expect: lost-update


# case: id=py-ddb-1502 label=race rule=lost-update tier=2 note=spread into a new mapping, a map inside changed through the old one
def settle_month(house_id: str, month: str, cents: int) -> None:
    item = households.get_item(Key={"house_id": house_id})["Item"]
    house = {**item}
    item["bills"][month] = item["bills"][month] - cents
    households.put_item(Item=house)  # expect: lost-update


# case: id=py-ddb-1503 label=race rule=lost-update tier=2 note=a copy of the item, the map in it set deeper down
def set_tariff(house_id: str, slot: str, factor: int) -> None:
    house = households.get_item(Key={"house_id": house_id})["Item"].copy()
    house["tariffs"]["slots"][slot] = house["tariffs"]["base"] * factor
    households.put_item(Item=house)  # expect: lost-update


# case: id=py-ddb-1504 label=race rule=lost-update tier=2 note=one of the meters in the item's list is changed
def read_meter(house_id: str, meter: str, units: int) -> None:
    house = households.get_item(Key={"house_id": house_id})["Item"]
    for m in house["meters"]:
        if m["serial"] == meter:
            m["total"] += units
    households.put_item(Item=house)  # expect: lost-update


# case: id=py-ddb-1505 label=race rule=lost-update tier=2 note=each of the rooms in the item's map is changed
def raise_rooms(house_id: str, percent: int) -> None:
    house = households.get_item(Key={"house_id": house_id})["Item"]
    for name, room in house["rooms"].items():
        room["limit"] = room["limit"] * percent // 100
    households.put_item(Item=house)  # expect: lost-update


# case: id=py-ddb-1506 label=safe tier=2 note=the copy is put back under the version that was read
def add_usage_versioned(house_id: str, month: str, units: int) -> None:
    item = households.get_item(Key={"house_id": house_id})["Item"]
    house = {k: plain(v) for k, v in item.items()}
    usage = house["usage"]
    usage[month] = usage.get(month, 0) + units
    house["version"] = item["version"] + 1
    households.put_item(Item=house, ConditionExpression=Attr("version").eq(item["version"]))


# case: id=py-ddb-1507 label=safe tier=2 note=the copy is for the answer only
def preview_bill(house_id: str, month: str, cents: int) -> dict[str, Any]:
    house = dict(households.get_item(Key={"house_id": house_id})["Item"])
    bills = copy.deepcopy(house["bills"])
    bills[month] = bills.get(month, 0) + cents
    house["bills"] = bills
    return house


# case: id=py-ddb-1508 label=safe tier=2 note=the store adds to the one number in the map
def add_usage_in_place(house_id: str, month: str, units: int) -> None:
    households.update_item(
        Key={"house_id": house_id},
        UpdateExpression="SET #u.#m = #u.#m + :n",
        ConditionExpression=Attr("house_id").exists(),
        ExpressionAttributeNames={"#u": "usage", "#m": month},
        ExpressionAttributeValues={":n": units},
    )
