"""Recipes and pantry accounts: items as validated models, frozen records and named tuples."""
from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

import attrs
import boto3
from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel

dynamodb = boto3.resource("dynamodb")
recipes = dynamodb.Table(os.environ["RECIPES_TABLE"])
pantries = dynamodb.Table(os.environ["PANTRIES_TABLE"])
shelves = dynamodb.Table(os.environ["SHELVES_TABLE"])


class Recipe(BaseModel):
    recipe_id: str
    title: str
    version: int = 0
    cooked: int = 0
    hints: list[str] = []


@dataclass(frozen=True)
class Pantry:
    pantry_id: str
    cents: int
    label: str = ""


@attrs.define(frozen=True)
class Shelf:
    shelf_id: str
    jars: int


class Slot(NamedTuple):
    shelf_id: str
    jars: int


def load(recipe_id: str) -> Recipe:
    return Recipe.model_validate(recipes.get_item(Key={"recipe_id": recipe_id})["Item"])


# case: id=py-ddb-1520 label=race rule=lost-update tier=2 note=list of a validated model extended, the model dumped and put whole
def add_hint(recipe_id: str, hint: str) -> None:
    recipe = load(recipe_id)
    recipe.hints.append(hint)
    recipes.put_item(Item=recipe.model_dump())  # expect: lost-update


# case: id=py-ddb-1521 label=race rule=lost-update tier=2 note=counter of a validated model, by the older names
def cooked(recipe_id: str) -> None:
    recipe = Recipe.parse_obj(recipes.get_item(Key={"recipe_id": recipe_id})["Item"])
    recipe.cooked += 1
    recipes.put_item(Item=recipe.dict())  # expect: lost-update


# case: id=py-ddb-1522 label=race rule=stale-overwrite tier=2 note=a copy with another title is put whole
def retitle(recipe_id: str, title: str) -> None:
    recipe = load(recipe_id)
    recipes.put_item(Item=recipe.model_copy(update={"title": title}).model_dump())  # expect: stale-overwrite


# case: id=py-ddb-1523 label=race rule=lost-update tier=2 note=one field of the model, computed in the program
def cooked_field(recipe_id: str) -> None:
    recipe = load(recipe_id)
    recipes.update_item(  # expect: lost-update
        Key={"recipe_id": recipe_id},
        UpdateExpression="SET cooked = :n",
        ExpressionAttributeValues={":n": recipe.cooked + 1},
    )


# case: id=py-ddb-1524 label=safe tier=2 note=the model is put under the version that it was read with
def add_hint_versioned(recipe_id: str, hint: str) -> None:
    recipe = load(recipe_id)
    newer = recipe.model_copy(update={"hints": [*recipe.hints, hint], "version": recipe.version + 1})
    recipes.put_item(Item=newer.model_dump(), ConditionExpression=Attr("version").eq(recipe.version))


# case: id=py-ddb-1525 label=race rule=lost-update tier=2 note=a frozen record replaced by one with another balance
def top_up(pantry_id: str, cents: int) -> None:
    pantry = Pantry(**pantries.get_item(Key={"pantry_id": pantry_id})["Item"])
    pantries.put_item(Item=asdict(replace(pantry, cents=pantry.cents + cents)))  # expect: lost-update


# case: id=py-ddb-1526 label=race rule=lost-update tier=2 note=the same with attrs
def stock_shelf(shelf_id: str, jars: int) -> None:
    shelf = Shelf(**shelves.get_item(Key={"shelf_id": shelf_id})["Item"])
    shelf = attrs.evolve(shelf, jars=shelf.jars + jars)
    shelves.put_item(Item=attrs.asdict(shelf))  # expect: lost-update


# case: id=py-ddb-1527 label=race rule=lost-update tier=2 note=a named tuple of the item, one member replaced
def take_jar(shelf_id: str) -> None:
    slot = Slot(**shelves.get_item(Key={"shelf_id": shelf_id})["Item"])
    if slot.jars < 1:
        raise ValueError(shelf_id)
    slot = slot._replace(jars=slot.jars - 1)
    shelves.put_item(Item=slot._asdict())  # expect: lost-update


# case: id=py-ddb-1528 label=safe tier=2 note=replaced under the balance that was read
def top_up_compared(pantry_id: str, cents: int) -> None:
    pantry = Pantry(**pantries.get_item(Key={"pantry_id": pantry_id})["Item"])
    pantries.put_item(
        Item=asdict(replace(pantry, cents=pantry.cents + cents)),
        ConditionExpression=Attr("cents").eq(pantry.cents),
    )


# case: id=py-ddb-1529 label=safe tier=1 note=a record made here, put only where there is none
def open_pantry(pantry_id: str, label: str) -> None:
    pantry = replace(Pantry(pantry_id=pantry_id, cents=0), label=label)
    pantries.put_item(Item=asdict(pantry), ConditionExpression=Attr("pantry_id").not_exists())
