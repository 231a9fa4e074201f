"""Places on a cruise: a plan that books as its kind does, and a refusal that is told in the answer."""
from __future__ import annotations

import abc
import os
from typing import Any, Mapping

import boto3
from botocore.exceptions import ClientError


class CruiseFull(Exception):
    pass


class Booking(abc.ABC):
    """Looks and decides; how it is booked is up to the kind of cruise."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def book(self, cruise_id: str, guest: str) -> None:
        cruise = self.table.get_item(Key={"cruise_id": cruise_id})["Item"]
        if guest in cruise.get("guests", set()):
            return
        if len(cruise.get("guests", ())) >= int(cruise["berths"]):
            raise CruiseFull(cruise_id)
        self.enter(cruise_id, guest)  # expect: check-then-act

    @abc.abstractmethod
    def enter(self, cruise_id: str, guest: str) -> None: ...


# case: id=py-ddb-2931 label=safe tier=3 note=how many there are is asked in the same step
class CountedBooking(Booking):
    def enter(self, cruise_id: str, guest: str) -> None:
        try:
            self.table.update_item(
                Key={"cruise_id": cruise_id},
                UpdateExpression="ADD guests :guest",
                ConditionExpression="attribute_not_exists(guests) OR size(guests) < berths",
                ExpressionAttributeValues={":guest": {guest}},
            )
        except ClientError as exc:
            if exc.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise CruiseFull(cruise_id) from exc
            raise


# case: id=py-ddb-2930 label=race rule=check-then-act tier=3 note=the limit is tested by the plan, the set grows without it (caller Booking.book)
class QuayBooking(Booking):
    def enter(self, cruise_id: str, guest: str) -> None:
        self.table.update_item(
            Key={"cruise_id": cruise_id},
            UpdateExpression="ADD guests :guest",
            ConditionExpression="attribute_exists(cruise_id)",
            ExpressionAttributeValues={":guest": {guest}},
        )


class Cruises:
    """Columns are named by whoever changes them."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def load(self, cruise_id: str) -> dict[str, Any]:
        return self.table.get_item(Key={"cruise_id": cruise_id}, ConsistentRead=True)["Item"]

    def change(self, cruise_id: str, expected: Mapping[str, Any] | None = None, **columns: Any) -> None:
        names = {f"#{name}": name for name in columns}
        values = {f":{name}": value for name, value in columns.items()}
        request: dict[str, Any] = {
            "Key": {"cruise_id": cruise_id},
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in columns),
        }
        if expected:
            names |= {f"#x_{name}": name for name in expected}
            values |= {f":x_{name}": value for name, value in expected.items()}
            request["ConditionExpression"] = " AND ".join(f"#x_{name} = :x_{name}" for name in expected)
        request["ExpressionAttributeNames"] = names
        request["ExpressionAttributeValues"] = values
        self.table.update_item(**request)


class Office:
    def __init__(self, cruises: Cruises) -> None:
        self.cruises = cruises

    # case: id=py-ddb-2932 label=race rule=lost-update tier=4 note=worked out from what was loaded, changed without an expectation
    def credit(self, cruise_id: str, cents: int) -> int:
        cruise = self.cruises.load(cruise_id)
        credit = int(cruise["credit"]) + cents
        self.cruises.change(cruise_id, credit=credit)  # expect: lost-update
        return credit

    # case: id=py-ddb-2933 label=race rule=check-then-act tier=4 note=what is expected is the line, the answer tells that a refund is due
    def cancel(self, cruise_id: str) -> bool:
        cruise = self.cruises.load(cruise_id)
        if cruise["state"] not in {"planned", "open"}:
            return False
        self.cruises.change(cruise_id, expected={"line": cruise["line"]}, state="cancelled")  # expect: check-then-act
        return True

    # case: id=py-ddb-2934 label=safe tier=4 note=the state that was tested is expected
    def close(self, cruise_id: str) -> bool:
        cruise = self.cruises.load(cruise_id)
        if cruise["state"] != "open":
            return False
        self.cruises.change(cruise_id, expected={"state": cruise["state"]}, state="closed")
        return True

    # case: id=py-ddb-2935 label=race rule=check-then-act tier=4 note=whoever finds it departed is refused by the caller
    def depart(self, cruise_id: str) -> bool:
        cruise = self.cruises.load(cruise_id)
        if cruise["state"] == "departed":
            return False
        self.cruises.change(cruise_id, state="departed")  # expect: check-then-act
        return True


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    table = boto3.resource("dynamodb").Table(os.environ["CRUISES_TABLE"])
    office = Office(Cruises(table))
    cruise_id = event["cruise"]
    match event["action"]:
        case "book":
            plan = CountedBooking if event["counted"] else QuayBooking
            plan(table).book(cruise_id, event["guest"])
        case "credit":
            return {"credit": office.credit(cruise_id, int(event["cents"]))}
        case "cancel":
            return {"refund": office.cancel(cruise_id)}
        case "close":
            return {"closed": office.close(cruise_id)}
        case "depart":
            if not office.depart(cruise_id):
                raise CruiseFull(cruise_id)
    return {}
