"""Stamp cards: a repository that makes records of the fields that their classes declare."""
from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, fields
from typing import Any, Generic, TypeVar

import boto3
from boto3.dynamodb.conditions import Attr, Key

T = TypeVar("T")


@dataclass(frozen=True)
class Card:
    card_no: str
    stamps: int
    colour: str = "red"


@dataclass(frozen=True)
class Shop:
    shop_id: str
    street: str
    tokens: int


class Records(Generic[T]):
    table_name: str
    model: type[T]

    def __init__(self) -> None:
        self.table = boto3.resource("dynamodb").Table(self.table_name)

    def one(self, **key: str) -> T | None:
        item = self.table.get_item(Key=key).get("Item")
        if item is None:
            return None
        declared = self.model.__dataclass_fields__
        return self.model(**{name: item[name] for name in declared if name in item})

    def update(self, key: dict[str, str], expression: str, condition: Any, **values: Any) -> None:
        self.table.update_item(
            Key=key,
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
        )


class Cards(Records[Card]):
    table_name = "cards"
    model = Card

    def change(self, card_no: str, delta: int, at_least: int | None = None) -> None:
        condition = Attr("card_no").exists()
        if at_least is not None:
            condition &= Attr("stamps").gte(at_least)
        self.update({"card_no": card_no}, "ADD stamps :delta", condition, delta=delta)

    def paint(self, card_no: str, colour: str) -> None:
        self.update({"card_no": card_no}, "SET colour = :c", Attr("card_no").exists(), c=colour)

    def holder(self, phone: str) -> str | None:
        page = self.table.query(
            IndexName="phone-index", KeyConditionExpression=Key("phone").eq(phone), Limit=1
        )
        return page["Items"][0]["holder_name"] if page["Count"] else None

    def create(self, phone: str, name: str) -> None:
        card = asdict(Card(uuid.uuid4().hex, 0))
        self.table.put_item(
            Item={**card, "phone": phone, "holder_name": name},
            ConditionExpression=Attr("card_no").not_exists(),
        )


class Shops(Records[Shop]):
    table_name = "shops"
    model = Shop

    def listed(self, shop_id: str) -> Shop:
        item = self.table.get_item(Key={"shop_id": shop_id})["Item"]
        return Shop(**{f.name: item[f.name] for f in fields(Shop)})

    def set_tokens(self, shop_id: str, tokens: int) -> None:
        self.update({"shop_id": shop_id}, "SET tokens = :t", Attr("shop_id").exists(), t=tokens)


cards = Cards()
shops = Shops()


# case: id=py-ddb-2603 label=race rule=check-then-act tier=4 note=a record made of its class's declared fields is tested, the floor is left out
def redeem(card_no: str, cost: int) -> None:
    card = cards.one(card_no=card_no)
    if card is None or card.stamps < cost:
        raise ValueError(card_no)
    cards.change(card_no, -cost)  # expect: check-then-act


# case: id=py-ddb-2604 label=safe tier=4 note=the floor stands in the condition, for a number is never None
def redeem_once(card_no: str, cost: int) -> None:
    card = cards.one(card_no=card_no)
    if card is None or card.stamps < cost:
        raise ValueError(card_no)
    cards.change(card_no, -cost, at_least=cost)


# case: id=py-ddb-2605 label=safe tier=4 note=only whether there is a record is asked
def paint(card_no: str, colour: str) -> None:
    if cards.one(card_no=card_no) is None:
        raise KeyError(card_no)
    cards.paint(card_no, colour)


# case: id=py-ddb-2606 label=race rule=check-then-create tier=3 note=nobody with that number is found in an index, the new card is unique in a random id only
def hand_out(phone: str, name: str) -> None:
    if cards.holder(phone) is not None:
        raise ValueError(phone)
    cards.create(phone, name)  # expect: check-then-create


# case: id=py-ddb-2607 label=race rule=check-then-act tier=3 note=dataclasses.fields names what is read
def spend(shop_id: str) -> None:
    shop = shops.listed(shop_id)
    if shop.tokens == 0:
        raise ValueError(shop_id)
    shops.set_tokens(shop_id, 0)  # expect: check-then-act
