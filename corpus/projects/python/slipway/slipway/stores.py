from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import boto3

from .staging import Changes


@dataclass
class Hull:
    hull_id: str
    stage: str
    version: int


@dataclass
class Crew:
    crew_id: str
    hours: int
    launches: int

    def launched(self, hours: int) -> None:
        self.launches += 1
        self.hours += hours


class HullStore:
    name = os.environ.get("HULLS_TABLE", "hulls")

    def __init__(self) -> None:
        self._table = boto3.resource("dynamodb").Table(self.name)

    def get(self, hull_id: str) -> Hull:
        item = self._table.get_item(Key={"hull_id": hull_id}, ConsistentRead=True)["Item"]
        return Hull(item["hull_id"], item["build_stage"], int(item["version"]))

    # case: id=py-ddb-2940 label=safe tier=4 note=staged on condition of the version that was read, which it advances
    def stage(self, changes: Changes, hull: Hull) -> None:
        changes.change(
            self.name,
            {"hull_id": hull.hull_id},
            "SET build_stage = :stage, version = :next",
            {":stage": hull.stage, ":next": hull.version + 1, ":seen": hull.version},
            condition="version = :seen",
        )


class CrewStore:
    name = os.environ.get("CREWS_TABLE", "crews")

    def __init__(self, table: Any) -> None:
        self._table = table

    def get(self, crew_id: str) -> Crew:
        item = self._table.get_item(Key={"crew_id": crew_id}).get("Item", {})
        return Crew(crew_id, int(item.get("hours", 0)), int(item.get("launches", 0)))

    # case: id=py-ddb-2941 label=race rule=lost-update tier=4 note=in the transaction of the hull, but with no condition of its own
    def stage(self, changes: Changes, crew: Crew) -> None:
        changes.change(  # expect: lost-update
            self.name,
            {"crew_id": crew.crew_id},
            "SET hours = :hours, launches = :launches",
            {":hours": crew.hours, ":launches": crew.launches},
        )

    # case: id=py-ddb-2942 label=race rule=lost-update tier=4 note=the service is handed whatever the request's context holds
    def rest(self, crew: Crew) -> None:
        self._table.update_item(  # expect: lost-update
            Key={"crew_id": crew.crew_id},
            UpdateExpression="SET hours = :hours",
            ExpressionAttributeValues={":hours": crew.hours},
        )
