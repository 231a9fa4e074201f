"""Choir members: settings that may be missing, copied and put back."""
from __future__ import annotations

from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr

members = boto3.resource("dynamodb").Table("members")


# case: id=py-ddb-1740 label=race rule=lost-update tier=2 note=a copy of the map, or of an empty one
def set_voice(member_id: str, voice: str) -> None:
    member = members.get_item(Key={"member_id": member_id})["Item"]
    settings = dict(member.get("settings") or {})
    settings["voice"] = voice
    members.update_item(  # expect: lost-update
        Key={"member_id": member_id},
        UpdateExpression="SET settings = :s",
        ExpressionAttributeValues={":s": settings},
    )


# case: id=py-ddb-1741 label=race rule=lost-update tier=2 note=spread
def set_seat(member_id: str, seat: int) -> None:
    member = members.get_item(Key={"member_id": member_id})["Item"]
    members.update_item(  # expect: lost-update
        Key={"member_id": member_id},
        UpdateExpression="SET settings = :s",
        ExpressionAttributeValues={":s": {**(member.get("settings") or {}), "seat": seat}},
    )


# case: id=py-ddb-1742 label=race rule=lost-update tier=2 note=a conditional expression
def set_row(member_id: str, row: int) -> None:
    settings = members.get_item(Key={"member_id": member_id})["Item"].get("settings")
    changed = dict(settings if settings else {})
    changed["row"] = row
    members.update_item(  # expect: lost-update
        Key={"member_id": member_id},
        UpdateExpression="SET settings = :s",
        ExpressionAttributeValues={":s": changed},
    )


# case: id=py-ddb-1743 label=race rule=lost-update tier=2 note=through a variable
def set_folder(member_id: str, folder: str) -> None:
    member = members.get_item(Key={"member_id": member_id})["Item"]
    settings = member.get("settings") or {}
    settings = dict(settings)
    settings["folder"] = folder
    members.update_item(  # expect: lost-update
        Key={"member_id": member_id},
        UpdateExpression="SET settings = :s",
        ExpressionAttributeValues={":s": settings},
    )


# case: id=py-ddb-1744 label=safe tier=2 note=one entry of the map is set where it stands
def set_voice_there(member_id: str, voice: str) -> None:
    member = members.get_item(Key={"member_id": member_id})["Item"]
    known = dict(member.get("settings") or {})
    print("voice was", known.get("voice"))
    members.update_item(
        Key={"member_id": member_id},
        UpdateExpression="SET settings.voice = :v",
        ConditionExpression=Attr("settings").exists(),
        ExpressionAttributeValues={":v": voice},
    )


# case: id=py-ddb-1745 label=safe tier=2 note=made of what came with the request alone
def replace_settings(member_id: str, given: dict[str, Any] | None) -> None:
    settings = dict(given or {})
    settings["complete"] = True
    members.update_item(
        Key={"member_id": member_id},
        UpdateExpression="SET settings = :s",
        ConditionExpression=Attr("member_id").exists(),
        ExpressionAttributeValues={":s": settings},
    )
