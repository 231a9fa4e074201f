"""Who rings the bells: a rope belongs to one ringer at a time, as long as the item says so."""
from __future__ import annotations

import time
from typing import Any, Optional

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

ropes = boto3.resource("dynamodb").Table("bell-ropes")
towers = boto3.resource("dynamodb").Table("bell-towers")


class Rope:
    def __init__(self, ringer: str, seconds: int = 120) -> None:
        self.ringer = ringer
        self.seconds = seconds

    def _pulled_by(self, bell: str) -> Optional[str]:
        row = ropes.get_item(Key={"bell": bell}, ConsistentRead=True).get("Item")
        if row is None or row["until"] < int(time.time()):
            return None
        return row["ringer"]

    # case: id=py-ddb-4401 label=race rule=non-atomic-lock tier=3 note=free or one's own lets on, another's turns away, then the item is put whoever has come in between
    def take(self, bell: str) -> bool:
        by = self._pulled_by(bell)
        if by not in (None, self.ringer):
            return False
        ropes.put_item(  # expect: non-atomic-lock
            Item={"bell": bell, "ringer": self.ringer, "until": int(time.time()) + self.seconds}
        )
        return True

    # case: id=py-ddb-4402 label=safe tier=3 note=the same question once more, as the condition of the put
    def take_once(self, bell: str) -> bool:
        by = self._pulled_by(bell)
        if by not in (None, self.ringer):
            return False
        now = int(time.time())
        try:
            ropes.put_item(
                Item={"bell": bell, "ringer": self.ringer, "until": now + self.seconds},
                ConditionExpression=Attr("bell").not_exists()
                | Attr("until").lt(now)
                | Attr("ringer").eq(self.ringer),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


class TowerKey:
    """Items that the store itself clears away when their time is over."""

    def __init__(self, who: str) -> None:
        self.who = who

    def _holder(self, tower: str) -> Optional[str]:
        found = towers.get_item(Key={"tower": tower})
        return found["Item"]["holder"] if "Item" in found else None

    # case: id=py-ddb-4403 label=race rule=non-atomic-lock tier=3 note=nobody has it, then it is put with an end; no time is asked here
    def fetch(self, tower: str) -> bool:
        if self._holder(tower):
            return False
        towers.put_item(Item={"tower": tower, "holder": self.who, "ttl": int(time.time()) + 600})  # expect: non-atomic-lock
        return True

    # case: id=py-ddb-4404 label=race rule=check-then-act tier=3 note=a tower that is let says more than who has it: what is written is no lock
    def let(self, tower: str, months: int, rent: int) -> dict[str, Any]:
        if self._holder(tower):
            raise LookupError(tower)
        contract = {"tower": tower, "holder": self.who, "rent": rent, "ttl": int(time.time()) + months * 2592000}
        towers.put_item(Item=contract)  # expect: check-then-act
        return contract
