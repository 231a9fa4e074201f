"""Tool depot: repositories that are given their table, or else find it themselves."""
from __future__ import annotations

import os
import uuid
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key


class DuplicateBadge(Exception):
    pass


class ToolRepository:
    def __init__(self, table: Any = None) -> None:
        self._table = table or boto3.resource("dynamodb").Table(os.environ["TOOLS_TABLE"])

    # case: id=py-ddb-1700 label=race rule=lost-update tier=2 note=the table is handed in, or else made: the same for the read and the write
    def record_wear(self, tool_id: str, hours: int) -> None:
        tool = self._table.get_item(Key={"tool_id": tool_id})["Item"]
        self._table.update_item(  # expect: lost-update
            Key={"tool_id": tool_id},
            UpdateExpression="SET worn_hours = :w",
            ExpressionAttributeValues={":w": tool["worn_hours"] + hours},
        )

    # case: id=py-ddb-1701 label=safe tier=2 note=the table computes it
    def record_wear_there(self, tool_id: str, hours: int) -> None:
        self._table.get_item(Key={"tool_id": tool_id})["Item"]
        self._table.update_item(
            Key={"tool_id": tool_id},
            UpdateExpression="ADD worn_hours :h",
            ExpressionAttributeValues={":h": hours},
        )

    # case: id=py-ddb-1702 label=race rule=check-then-create tier=2 note=looked for on an index, put under a key of its own
    def enrol(self, badge: str, name: str) -> str:
        found = self._table.query(IndexName="by-badge", KeyConditionExpression=Key("badge").eq(badge))
        if found["Items"]:
            raise DuplicateBadge(badge)
        tool_id = str(uuid.uuid4())
        self._table.put_item(Item={"tool_id": tool_id, "badge": badge, "name": name})  # expect: check-then-create
        return tool_id


class BorrowerRepository:
    def __init__(self, table: Any = None, name: str = "borrowers") -> None:
        self.table = table if table is not None else boto3.resource("dynamodb").Table(name)

    # case: id=py-ddb-1703 label=race rule=lost-update tier=2 note=one or the other by a conditional expression
    def charge(self, borrower_id: str, cents: int) -> None:
        borrower = self.table.get_item(Key={"borrower_id": borrower_id})["Item"]
        self.table.update_item(  # expect: lost-update
            Key={"borrower_id": borrower_id},
            UpdateExpression="SET owed = :o",
            ExpressionAttributeValues={":o": borrower["owed"] + cents},
        )

    # case: id=py-ddb-1704 label=safe tier=2 note=what was read is the condition of the write
    def charge_once(self, borrower_id: str, cents: int) -> None:
        borrower = self.table.get_item(Key={"borrower_id": borrower_id})["Item"]
        self.table.update_item(
            Key={"borrower_id": borrower_id},
            UpdateExpression="SET owed = :o",
            ConditionExpression=Attr("owed").eq(borrower["owed"]),
            ExpressionAttributeValues={":o": borrower["owed"] + cents},
        )


# case: id=py-ddb-1705 label=race rule=lost-update tier=2 note=handed to a function, or else the module's
def rename_shelf(shelf_id: str, suffix: str, table: Any = None) -> None:
    shelves = table or boto3.resource("dynamodb").Table("shelves")
    shelf = shelves.get_item(Key={"shelf_id": shelf_id})["Item"]
    shelves.update_item(  # expect: lost-update
        Key={"shelf_id": shelf_id},
        UpdateExpression="SET title = :t",
        ExpressionAttributeValues={":t": shelf["title"] + suffix},
    )
