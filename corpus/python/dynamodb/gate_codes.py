"""Gates of a car park: an item is changed at the version that was read, and the gate is told over a message."""
from __future__ import annotations

import json
from typing import Any

import boto3


class Busy(Exception):
    pass


class Gates:
    def __init__(self) -> None:
        self._iot = boto3.client("iot-data")

    def open(self, gate_id: str, plate: str) -> None:
        self._iot.publish(topic=f"gates/{gate_id}", payload=json.dumps({"open": plate}))


class Bays:
    def __init__(self, name: str) -> None:
        self._table = boto3.resource("dynamodb").Table(name)

    def find(self, bay_id: str) -> dict[str, Any]:
        return self._table.get_item(Key={"bay_id": bay_id}, ConsistentRead=True)["Item"]

    def replace(self, bay_id: str, edition: int, **changes: Any) -> bool:
        """False: somebody else was faster."""
        changes["edition"] = edition + 1
        try:
            self._table.update_item(
                Key={"bay_id": bay_id},
                UpdateExpression="SET " + ", ".join(f"#{n} = :{n}" for n in changes),
                ConditionExpression="#edition = :known",
                ExpressionAttributeNames={f"#{n}": n for n in changes},
                ExpressionAttributeValues={":known": edition, **{f":{n}": v for n, v in changes.items()}},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


class Parking:
    def __init__(self) -> None:
        self._bays = Bays("bays")
        self._gates = Gates()

    # case: id=py-ddb-1886 label=race rule=swallowed-conflict tier=3 note=the answer of `replace` is dropped, and the gate opens for the loser as well
    def enter(self, bay_id: str, plate: str) -> None:
        bay = self._bays.find(bay_id)
        if bay["state"] != "free":
            raise Busy(bay_id)
        self._bays.replace(bay_id, int(bay["edition"]), state="taken", plate=plate)  # expect: swallowed-conflict
        self._gates.open(bay_id, plate)

    # case: id=py-ddb-1887 label=safe tier=3 note=who has lost is turned away before the gate opens
    def enter_guest(self, bay_id: str, plate: str) -> None:
        bay = self._bays.find(bay_id)
        if bay["state"] != "free":
            raise Busy(bay_id)
        if not self._bays.replace(bay_id, int(bay["edition"]), state="guest", plate=plate):
            raise Busy(bay_id)
        self._gates.open(bay_id, plate)

    # case: id=py-ddb-1888 label=safe tier=3 note=whoever was faster has changed the bay, and nothing follows
    def sweep(self, bay_id: str) -> None:
        bay = self._bays.find(bay_id)
        if bay["state"] == "left":
            self._bays.replace(bay_id, int(bay["edition"]), state="free", plate=None)
