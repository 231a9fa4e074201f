"""Tide gauges: readings of one gauge in one item, written by several loggers; the table's name is a setting."""
from __future__ import annotations

import logging
import os
from dataclasses import asdict, dataclass
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr

logger = logging.getLogger(__name__)

dynamodb = boto3.resource("dynamodb")
panels = dynamodb.Table("tide-panels")
Refused = dynamodb.meta.client.exceptions.ConditionalCheckFailedException


class Changed(Exception):
    pass


@dataclass
class Gauge:
    gauge_id: str
    total_mm: int
    revision: int

    def add(self, mm: int) -> None:
        self.total_mm += mm
        self.revision += 1


def gauges() -> Any:
    return boto3.resource("dynamodb").Table(os.environ.get("GAUGES_TABLE", "gauges"))


def harbours() -> Any:
    return boto3.resource("dynamodb").Table(os.getenv("HARBOURS_TABLE"))


def load(gauge_id: str) -> Gauge:
    item = gauges().get_item(Key={"gauge_id": gauge_id}, ConsistentRead=True)["Item"]
    return Gauge(item["gauge_id"], int(item["total_mm"]), int(item["revision"]))


# case: id=py-ddb-1900 label=race rule=lost-update tier=3 note=the table is asked for by its setting twice, and the condition says only that the gauge is there
def log_rain(gauge_id: str, mm: int) -> int:
    gauge = load(gauge_id)
    gauge.add(mm)
    gauges().put_item(Item=asdict(gauge), ConditionExpression=Attr("gauge_id").exists())  # expect: lost-update
    return gauge.total_mm


# case: id=py-ddb-1901 label=safe tier=3 note=the same, with the revision that was read compared
def log_rain_compared(gauge_id: str, mm: int) -> int:
    gauge = load(gauge_id)
    seen = gauge.revision
    gauge.add(mm)
    gauges().put_item(Item=asdict(gauge), ConditionExpression=Attr("revision").eq(seen))
    return gauge.total_mm


# case: id=py-ddb-1902 label=race rule=check-then-act tier=2 note=berths counted on what was read, the set grows under a condition on another attribute
def moor(harbour: str, ship: str) -> None:
    item = harbours().get_item(Key={"harbour": harbour})["Item"]
    if len(item["ships"]) >= item["berths"]:
        raise Changed("full")
    harbours().update_item(  # expect: check-then-act
        Key={"harbour": harbour},
        UpdateExpression="ADD ships :ship",
        ConditionExpression="closed = :no",
        ExpressionAttributeValues={":ship": {ship}, ":no": False},
    )


# case: id=py-ddb-1903 label=safe tier=2 note=the number of ships is a part of the condition
def moor_counted(harbour: str, ship: str) -> None:
    item = harbours().get_item(Key={"harbour": harbour})["Item"]
    if len(item["ships"]) >= item["berths"]:
        raise Changed("full")
    harbours().update_item(
        Key={"harbour": harbour},
        UpdateExpression="ADD ships :ship",
        ConditionExpression="closed = :no AND size(ships) < berths",
        ExpressionAttributeValues={":ship": {ship}, ":no": False},
    )


# case: id=py-ddb-1904 label=race rule=lost-update tier=3 note=who has lost fetches the version only and puts the list of the first reading under it
def pin_notice(panel_id: str, notice: str) -> None:
    key = {"panel_id": panel_id}
    panel = panels.get_item(Key=key, ConsistentRead=True)["Item"]
    notices = [*panel.get("notices", []), notice]
    version = panel["version"]
    while True:
        try:
            panels.update_item(  # expect: lost-update
                Key=key,
                UpdateExpression="SET notices = :notices, version = :next",
                ConditionExpression="version = :seen",
                ExpressionAttributeValues={":notices": notices, ":next": version + 1, ":seen": version},
            )
            return
        except Refused:
            logger.info("panel %s has changed", panel_id)
            version = panels.get_item(Key=key, ConsistentRead=True)["Item"]["version"]


# case: id=py-ddb-1905 label=safe tier=3 note=who has lost fetches the whole panel anew and begins with it
def pin_notice_anew(panel_id: str, notice: str) -> None:
    key = {"panel_id": panel_id}
    panel = panels.get_item(Key=key, ConsistentRead=True)["Item"]
    while True:
        notices = [*panel.get("notices", []), notice]
        version = panel["version"]
        try:
            panels.update_item(
                Key=key,
                UpdateExpression="SET notices = :notices, version = :next",
                ConditionExpression="version = :seen",
                ExpressionAttributeValues={":notices": notices, ":next": version + 1, ":seen": version},
            )
            return
        except Refused:
            panel = panels.get_item(Key=key, ConsistentRead=True)["Item"]


# case: id=py-ddb-1906 label=race rule=check-then-act tier=3 note=the state is tested once, before the loop; the version is fetched anew after each conflict
def retire_panel(panel_id: str) -> None:
    key = {"panel_id": panel_id}
    panel = panels.get_item(Key=key)["Item"]
    if panel["state"] != "spare":
        raise Changed(panel_id)
    version = panel["version"]
    while True:
        try:
            panels.update_item(  # expect: check-then-act
                Key=key,
                UpdateExpression="SET #s = :retired, version = :next",
                ConditionExpression="version = :seen",
                ExpressionAttributeNames={"#s": "state"},
                ExpressionAttributeValues={":retired": "retired", ":next": version + 1, ":seen": version},
            )
            return
        except Refused:
            version = panels.get_item(Key=key)["Item"]["version"]


# case: id=py-ddb-1907 label=safe tier=2 note=a flag says who has won, and what follows is done under it
def take_buoy(buoy_id: str, ship: str) -> bool:
    taken = True
    try:
        panels.update_item(
            Key={"panel_id": buoy_id},
            UpdateExpression="SET buoys = buoys - :one",
            ConditionExpression="buoys >= :one",
            ExpressionAttributeValues={":one": 1},
        )
    except Refused:
        taken = False
    if taken:
        harbours().update_item(
            Key={"harbour": ship},
            UpdateExpression="ADD moored :one",
            ExpressionAttributeValues={":one": 1},
        )
    return taken


# case: id=py-ddb-1908 label=race rule=swallowed-conflict tier=2 note=the flag is there, and nobody looks at it before the ship is entered
def take_buoy_anyhow(buoy_id: str, ship: str) -> bool:
    taken = True
    try:
        panels.update_item(  # expect: swallowed-conflict
            Key={"panel_id": buoy_id},
            UpdateExpression="SET buoys = buoys - :one",
            ConditionExpression="buoys >= :one",
            ExpressionAttributeValues={":one": 1},
        )
    except Refused:
        taken = False
    harbours().update_item(
        Key={"harbour": ship},
        UpdateExpression="ADD moored :one",
        ExpressionAttributeValues={":one": 1},
    )
    return taken
