"""Organ pipes as records: what is read becomes an object and goes back as an item, lists as tuples and mappings copied."""
from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

import boto3

pipes = boto3.resource("dynamodb").Table("organ-pipes")
stops = boto3.resource("dynamodb").Table("organ-stops")


@dataclass(frozen=True)
class Pipe:
    number: str
    stop: str
    cents: int = 0
    marks: tuple[str, ...] = ()
    hours: dict[str, Decimal] = field(default_factory=dict)

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Pipe":
        return cls(
            number=item["number"],
            stop=item["stop"],
            cents=int(item.get("cents", 0)),
            marks=tuple(item.get("marks", ())),
            hours=dict(item.get("hours", {})),
        )

    def item(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def find(number: str) -> Pipe:
    return Pipe.of(pipes.get_item(Key={"number": number})["Item"])


# case: id=py-ddb-4411 label=race rule=stale-overwrite tier=3 note=only the stop is another one: lists and mappings go back in another form, and unchanged
def move(number: str, stop: str) -> None:
    pipes.put_item(Item=replace(find(number), stop=stop).item())  # expect: stale-overwrite


# case: id=py-ddb-4412 label=race rule=lost-update tier=3 note=the copied mapping gets another hour
def voice(number: str, who: str, hours: Decimal) -> None:
    pipe = find(number)
    spent = dict(pipe.hours)
    spent[who] = spent.get(who, Decimal(0)) + hours
    pipes.put_item(Item=replace(pipe, hours=spent).item())  # expect: lost-update


# case: id=py-ddb-4413 label=race rule=lost-update tier=3 note=a mark is taken out of the copied list
def rub_out(number: str, mark: str) -> None:
    pipe = find(number)
    marks = list(pipe.marks)
    marks.remove(mark)
    pipes.put_item(Item=replace(pipe, marks=tuple(marks)).item())  # expect: lost-update


# case: id=py-ddb-4414 label=race rule=lost-update tier=3 note=somebody is taken out of the copied mapping
def forget(number: str, who: str) -> None:
    pipe = find(number)
    spent = dict(pipe.hours)
    spent.pop(who, None)
    pipes.put_item(Item=replace(pipe, hours=spent).item())  # expect: lost-update


def tune(number: str, cents: int) -> None:
    pipes.update_item(
        Key={"number": number},
        UpdateExpression="ADD cents :n",
        ExpressionAttributeValues={":n": cents},
    )


@dataclass(frozen=True)
class Stop:
    stop: str
    label: str
    draws: int = 0

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Stop":
        known = {name: item[name] for name in cls.__dataclass_fields__ if name in item}
        known["draws"] = int(known.get("draws", 0))
        return cls(**known)


# case: id=py-ddb-4415 label=race rule=stale-overwrite tier=3 note=a column that may be missing is one as it was read all the same
def relabel(stop: str, label: str) -> None:
    drawn = Stop.of(stops.get_item(Key={"stop": stop})["Item"])
    stops.put_item(Item=asdict(replace(drawn, label=label.strip())))  # expect: stale-overwrite


# case: id=py-ddb-4416 label=race rule=lost-update tier=3 note=and one that is counted up is not
def draw(stop: str) -> None:
    drawn = Stop.of(stops.get_item(Key={"stop": stop})["Item"])
    stops.put_item(Item=asdict(replace(drawn, draws=drawn.draws + 1)))  # expect: lost-update
