"""A function of the platform: an object that is made once and called for each event."""
from store import trains


class Points:
    def __init__(self, field):
        self.field = field

    def __call__(self, event, context):
        row = trains.get_item(Key={"id": event["train"]})["Item"]
        trains.put_item(Item={**row, "switched": row["switched"] + 1})  # expect: lost-update  # reached: function points.Points.__call__


class Bell:
    def ring(self, event, context):
        row = trains.get_item(Key={"id": event["train"]})["Item"]
        trains.put_item(Item={**row, "rings": row["rings"] + 1})  # expect: lost-update  # reached: function points.Bell.ring


handler = Points("switched")
bell = Bell()
ring = bell.ring
