"""Bags of blood in their table."""

from dataclasses import dataclass

from tablekit import BaseTable, Record


@dataclass
class Bag(Record):
    group: str = ""
    millilitres: int = 0
    reserved_for: str | None = None
    state: str = "fresh"


class BagTable(BaseTable[Bag]):
    table_variable = "BAGS_TABLE"
    record = Bag

    def reserve_if_free(self, bag_id: str, patient: str) -> None:
        self._call(
            "update_item",
            Key={"id": bag_id},
            UpdateExpression="SET reserved_for = :p, #s = :reserved",
            ConditionExpression="#s = :fresh",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":p": patient, ":reserved": "reserved", ":fresh": "fresh"},
        )
