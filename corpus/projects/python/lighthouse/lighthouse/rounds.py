"""The keeper's rounds; the library that keeps the lamps is named in another module only."""
from . import lamps


def burned(lamp_id: str, hours: int) -> int:
    total = lamps.hours_of(lamp_id) + hours
    lamps.table().update_item(  # expect: lost-update
        Key={"lamp_id": lamp_id},
        UpdateExpression="SET hours = :hours",
        ConditionExpression="attribute_exists(lamp_id)",
        ExpressionAttributeValues={":hours": total},
    )
    return total


def burned_since(lamp_id: str, hours: int) -> int:
    before = lamps.hours_of(lamp_id)
    lamps.table().update_item(
        Key={"lamp_id": lamp_id},
        UpdateExpression="SET hours = :hours",
        ConditionExpression="hours = :before",
        ExpressionAttributeValues={":hours": before + hours, ":before": before},
    )
    return before + hours
