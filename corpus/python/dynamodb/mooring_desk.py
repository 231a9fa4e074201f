"""Moorings given out at a desk: a store that the application hands out by name, and moorings picked by a filter."""
from __future__ import annotations

import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError
from flask import Blueprint, Flask, current_app, jsonify, request

bp = Blueprint("moorings", __name__)


class Moorings:
    def __init__(self, name: str) -> None:
        self._table = boto3.resource("dynamodb").Table(name)

    def one(self, mooring: str) -> dict[str, Any]:
        return self._table.get_item(Key={"mooring": mooring})["Item"]

    # case: id=py-ddb-2962 label=race rule=lost-update tier=3 note=what the application hands out by name is what the function says that it gives (caller add_nights)
    def nights(self, mooring: str, nights: int) -> None:
        self._table.update_item(  # expect: lost-update
            Key={"mooring": mooring},
            UpdateExpression="SET nights = :n",
            ExpressionAttributeValues={":n": nights},
        )

    # case: id=py-ddb-2964 label=race rule=lost-update tier=3 note=the same, where there may be none (caller add_guest)
    def guests(self, mooring: str, guests: int) -> None:
        self._table.update_item(  # expect: lost-update
            Key={"mooring": mooring},
            UpdateExpression="SET guests = :n",
            ExpressionAttributeValues={":n": guests},
        )

    def more_nights(self, mooring: str, nights: int) -> None:
        self._table.update_item(
            Key={"mooring": mooring},
            UpdateExpression="ADD nights :n",
            ExpressionAttributeValues={":n": nights},
        )

    def free(self, pier: str) -> list[dict[str, Any]]:
        page = self._table.query(
            IndexName="by-pier",
            KeyConditionExpression=Key("pier").eq(pier),
            FilterExpression=Attr("standing").eq("free"),
        )
        return page["Items"]

    # case: id=py-ddb-2960 label=race rule=check-then-act tier=3 note=the pier is the index's key, that it is free is asked by the filter beside it
    def seize(self, pier: str, boat: str) -> str | None:
        free = self.free(pier)
        if not free:
            return None
        mooring = free[0]["mooring"]
        self._table.update_item(  # expect: check-then-act
            Key={"mooring": mooring},
            UpdateExpression="SET standing = :taken, boat = :boat",
            ExpressionAttributeValues={":taken": "taken", ":boat": boat},
        )
        return mooring

    # case: id=py-ddb-2961 label=safe tier=3 note=the same, what the filter asked is the condition of the claim
    def claim(self, pier: str, boat: str) -> str | None:
        for mooring in self.free(pier):
            try:
                self._table.update_item(
                    Key={"mooring": mooring["mooring"]},
                    UpdateExpression="SET standing = :taken, boat = :boat",
                    ConditionExpression=Attr("standing").eq("free"),
                    ExpressionAttributeValues={":taken": "taken", ":boat": boat},
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                    continue
                raise
            return mooring["mooring"]
        return None


def create_app() -> Flask:
    app = Flask(__name__)
    app.extensions["moorings"] = Moorings(os.environ["MOORINGS_TABLE"])
    app.register_blueprint(bp)
    return app


def moorings() -> Moorings:
    return current_app.extensions["moorings"]


def moorings_if_any() -> Moorings | None:
    return current_app.extensions.get("moorings")


@bp.post("/moorings/<mooring>/nights")
def add_nights(mooring: str) -> Any:
    found = moorings().one(mooring)
    moorings().nights(mooring, int(found["nights"]) + int(request.get_json()["nights"]))
    return jsonify(ok=True)


# case: id=py-ddb-2963 label=safe tier=3 note=the same, added by the store
@bp.post("/moorings/<mooring>/nights/more")
def add_more_nights(mooring: str) -> Any:
    found = moorings().one(mooring)
    moorings().more_nights(mooring, int(request.get_json()["nights"]))
    return jsonify(boat=found.get("boat"))


@bp.post("/moorings/<mooring>/guests")
def add_guest(mooring: str) -> Any:
    store = moorings_if_any()
    if store is None:
        return jsonify(ok=False)
    found = store.one(mooring)
    store.guests(mooring, int(found["guests"]) + 1)
    return jsonify(ok=True)
