"""Allotment garden: tables that are handed in; nothing but the calls says what they are."""
from __future__ import annotations

from typing import Any


class PlotTaken(Exception):
    pass


class PlotStore:
    def __init__(self, table):
        self._table = table

    # case: id=py-ddb-1720 label=race rule=lost-update tier=2 note=the same handle is read and written
    def use_water(self, plot_id: str, litres: int) -> None:
        plot = self._table.get_item(Key={"plot_id": plot_id})["Item"]
        self._table.update_item(  # expect: lost-update
            Key={"plot_id": plot_id},
            UpdateExpression="SET water = :w",
            ExpressionAttributeValues={":w": plot["water"] + litres},
        )

    # case: id=py-ddb-1721 label=race rule=check-then-act tier=2 note=free, then let
    def let(self, plot_id: str) -> None:
        plot = self._table.get_item(Key={"plot_id": plot_id})["Item"]
        if plot["state"] != "free":
            raise PlotTaken(plot_id)
        self._table.update_item(  # expect: check-then-act
            Key={"plot_id": plot_id},
            UpdateExpression="SET #s = :s",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":s": "let"},
        )

    # case: id=py-ddb-1722 label=safe tier=2 note=the state that was found is the condition
    def let_once(self, plot_id: str) -> None:
        plot = self._table.get_item(Key={"plot_id": plot_id})["Item"]
        if plot["state"] != "free":
            raise PlotTaken(plot_id)
        self._table.update_item(
            Key={"plot_id": plot_id},
            UpdateExpression="SET #s = :s",
            ConditionExpression="#s = :free",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":s": "let", ":free": "free"},
        )


# case: id=py-ddb-1723 label=race rule=lost-update tier=2 note=a parameter of any type
def add_compost(beds: Any, bed_id: str, sacks: int) -> None:
    bed = beds.get_item(Key={"bed_id": bed_id})["Item"]
    beds.update_item(  # expect: lost-update
        Key={"bed_id": bed_id},
        UpdateExpression="SET sacks = :s",
        ExpressionAttributeValues={":s": bed["sacks"] + sacks},
    )


# case: id=py-ddb-1724 label=safe tier=2 note=read in one table, written to another one
def copy_yield(seasons, archive, season_id: str) -> None:
    season = seasons.get_item(Key={"season_id": season_id})["Item"]
    archive.update_item(
        Key={"season_id": season_id},
        UpdateExpression="SET kilos = :k",
        ExpressionAttributeValues={":k": season["kilos"]},
    )


# case: id=py-ddb-1725 label=safe tier=2 note=what is told by no keyword of the library is no table
def tally(register, plot_id: str) -> None:
    entry = register.get_item(plot_id)
    register.update_item(plot_id, {"visits": entry["visits"] + 1})
