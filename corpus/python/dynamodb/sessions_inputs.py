"""Device sessions: update inputs that are built in pieces."""
from __future__ import annotations

import logging
import os
import time
import uuid
from typing import Any, Mapping

import boto3
from boto3.dynamodb.conditions import Attr

logger = logging.getLogger(__name__)
TABLE_NAME = os.environ.get("SESSIONS_TABLE", "device-sessions")
MAX_DEVICES = 5

_resource = boto3.resource("dynamodb")
sessions = _resource.Table(TABLE_NAME)
ConditionFailed = sessions.meta.client.exceptions.ConditionalCheckFailedException


class LimitReached(Exception):
    pass


def build_update(key: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    names = {f"#f{i}": name for i, name in enumerate(fields)}
    values = {f":v{i}": value for i, value in enumerate(fields.values())}
    parts = [f"#f{i} = :v{i}" for i in range(len(fields))]
    return {
        "Key": dict(key),
        "UpdateExpression": "SET " + ", ".join(parts),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


# case: id=py-ddb-1060 label=race rule=lost-update tier=3 note=input from a helper, splatted without any condition
def extend(account_id: str, seconds: int) -> int:
    item = sessions.get_item(Key={"account_id": account_id})["Item"]
    expires = int(item["expires_at"]) + seconds
    sessions.update_item(**build_update({"account_id": account_id}, {"expires_at": expires}))  # expect: lost-update
    return expires


# case: id=py-ddb-1061 label=safe tier=3 note=the same helper, condition added to the dict before the call
def extend_checked(account_id: str, seconds: int) -> int:
    item = sessions.get_item(Key={"account_id": account_id})["Item"]
    expires = int(item["expires_at"]) + seconds
    params = build_update({"account_id": account_id}, {"expires_at": expires})
    params["ConditionExpression"] = Attr("expires_at").eq(item["expires_at"])
    sessions.update_item(**params)
    return expires


# case: id=py-ddb-1062 label=race rule=lost-update tier=2 note=condition only on one branch
def add_device(account_id: str, device: str, strict: bool = False) -> list[str]:
    item = sessions.get_item(Key={"account_id": account_id})["Item"]
    devices = list(item.get("devices", []))
    if len(devices) >= MAX_DEVICES:
        raise LimitReached(account_id)
    devices.append(device)
    kwargs: dict[str, Any] = {
        "Key": {"account_id": account_id},
        "UpdateExpression": "SET devices = :d",
        "ExpressionAttributeValues": {":d": devices},
    }
    if strict:
        kwargs["ConditionExpression"] = "devices = :old"
        kwargs["ExpressionAttributeValues"][":old"] = item.get("devices", [])
    sessions.update_item(**kwargs)  # expect: lost-update
    return devices


# case: id=py-ddb-1063 label=safe tier=2 note=list_append in the store, size tested by the condition
def add_device_in_store(account_id: str, device: str) -> None:
    try:
        sessions.update_item(
            Key={"account_id": account_id},
            UpdateExpression="SET devices = list_append(if_not_exists(devices, :none), :one)",
            ConditionExpression="attribute_not_exists(devices) OR size(devices) < :max",
            ExpressionAttributeValues={":none": [], ":one": [device], ":max": MAX_DEVICES},
        )
    except ConditionFailed as exc:
        raise LimitReached(account_id) from exc


# case: id=py-ddb-1064 label=safe tier=2 note=condition text by format, names by dictionary, same attribute
def rotate_token(account_id: str) -> str:
    field = "token_version"
    item = sessions.get_item(Key={"account_id": account_id})["Item"]
    seen = int(item[field])
    token = uuid.uuid4().hex
    sessions.update_item(
        Key={"account_id": account_id},
        UpdateExpression="SET #t = :token, #v = :next",
        ConditionExpression="{} = {}".format("#v", ":seen"),
        ExpressionAttributeNames={"#v": field, "#t": "token"},
        ExpressionAttributeValues={":token": token, ":next": seen + 1, ":seen": seen},
    )
    return token


# case: id=py-ddb-1065 label=race rule=lost-update tier=2 note=condition on another attribute than the one computed
def count_login(account_id: str) -> int:
    item = sessions.get_item(Key={"account_id": account_id}, ConsistentRead=True)["Item"]
    total = item.get("login_quota", 0) - 1
    sessions.update_item(  # expect: lost-update
        Key={"account_id": account_id},
        UpdateExpression="SET login_quota = :n",
        ConditionExpression=Attr("deleted").ne(True),
        ExpressionAttributeValues={":n": total},
    )
    return total


# case: id=py-ddb-1066 label=race rule=check-then-create tier=1 note=get, absent, unconditional put
def open_session(account_id: str, device: str) -> dict[str, Any]:
    existing = sessions.get_item(Key={"account_id": account_id}).get("Item")
    if existing:
        return existing
    item = {"account_id": account_id, "devices": [device], "opened_at": int(time.time())}
    sessions.put_item(Item=item)  # expect: check-then-create
    return item


# case: id=py-ddb-1067 label=safe tier=2 note=put first under attribute_not_exists, read only on conflict
def open_session_once(account_id: str, device: str) -> dict[str, Any]:
    item = {"account_id": account_id, "devices": [device], "opened_at": int(time.time())}
    try:
        sessions.put_item(Item=item, ConditionExpression="attribute_not_exists(account_id)")
    except ConditionFailed:
        return sessions.get_item(Key={"account_id": account_id}, ConsistentRead=True)["Item"]
    return item


# case: id=py-ddb-1068 label=race rule=lost-update tier=2 note=legacy AttributeUpdates with PUT of a computed value
def penalise(account_id: str, points: int) -> None:
    score = sessions.get_item(Key={"account_id": account_id})["Item"]["score"]
    sessions.update_item(  # expect: lost-update
        Key={"account_id": account_id},
        AttributeUpdates={"score": {"Value": score - points, "Action": "PUT"}},
    )


# case: id=py-ddb-1069 label=safe tier=2 note=legacy Expected names the value read
def penalise_expected(account_id: str, points: int) -> None:
    score = sessions.get_item(Key={"account_id": account_id})["Item"]["score"]
    sessions.update_item(
        Key={"account_id": account_id},
        AttributeUpdates={"score": {"Value": score - points, "Action": "PUT"}},
        Expected={"score": {"Value": score, "Exists": True}},
    )


# case: id=py-ddb-1070 label=safe tier=2 note=the read is of another key than the write
def copy_settings(template_id: str, account_id: str) -> None:
    template = sessions.get_item(Key={"account_id": template_id})["Item"]
    sessions.update_item(
        Key={"account_id": account_id},
        UpdateExpression="SET settings = :s",
        ConditionExpression="attribute_exists(account_id)",
        ExpressionAttributeValues={":s": template.get("settings", {})},
    )
