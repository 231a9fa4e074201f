"""Orders and stock on PynamoDB: versions, transactions, batches and an overridden save."""
from __future__ import annotations

import datetime as dt
import logging
import os
from typing import Any, Iterable

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute, VersionAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

logger = logging.getLogger(__name__)

REGION = os.environ.get("AWS_REGION", "eu-central-1")


class Stock(Model):
    class Meta:
        table_name = os.environ.get("STOCK_TABLE", "stock")
        region = REGION

    sku = UnicodeAttribute(hash_key=True)
    units = NumberAttribute(default=0)
    tags = ListAttribute(of=UnicodeAttribute, default=list)


class Order(Model):
    class Meta:
        table_name = "orders"
        region = REGION

    order_id = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute(default="new")
    total = NumberAttribute(default=0)
    lines = ListAttribute(default=list)
    version = VersionAttribute()


class Basket(Model):
    class Meta:
        table_name = "baskets"
        region = REGION

    basket_id = UnicodeAttribute(hash_key=True)
    items = ListAttribute(default=list)
    changed_at = UTCDateTimeAttribute(null=True)

    def save(self, **kwargs: Any) -> Any:
        self.changed_at = dt.datetime.now(dt.timezone.utc)
        return super().save(**kwargs)


class OutOfStock(Exception):
    pass


# case: id=py-pyn-2000 label=safe tier=2 note=VersionAttribute makes the whole save conditional
def add_line(order_id: str, sku: str, cents: int) -> None:
    order = Order.get(order_id)
    order.lines.append({"sku": sku, "cents": cents})
    order.total += cents
    order.save()


# case: id=py-pyn-2001 label=race rule=lost-update tier=2 note=overridden save adds a date and no condition
def add_item(basket_id: str, sku: str) -> int:
    basket = Basket.get(basket_id)
    basket.items.append(sku)
    basket.save()  # expect: lost-update
    return len(basket.items)


# case: id=py-pyn-2002 label=safe tier=2 note=condition passed through the overridden save
def add_item_compared(basket_id: str, sku: str) -> None:
    basket = Basket.get(basket_id, consistent_read=True)
    before = list(basket.items)
    basket.items = [*before, sku]
    try:
        basket.save(condition=Basket.items == before)
    except PutError as exc:
        raise RuntimeError("basket changed meanwhile") from exc


# case: id=py-pyn-2003 label=race rule=check-then-act tier=2 note=transaction whose update repeats no part of the test
def place(order_id: str, sku: str, units: int) -> None:
    stock = Stock.get(sku)
    if stock.units < units:
        raise OutOfStock(sku)
    with TransactWrite(connection=Connection(region=REGION)) as transaction:
        transaction.update(stock, actions=[Stock.units.set(Stock.units - units)])  # expect: check-then-act
        transaction.save(Order(order_id), condition=Order.order_id.does_not_exist())


# case: id=py-pyn-2004 label=safe tier=2 note=the transaction's update carries the limit
def place_guarded(order_id: str, sku: str, units: int) -> None:
    try:
        with TransactWrite(connection=Connection(region=REGION)) as transaction:
            transaction.update(
                Stock(sku), actions=[Stock.units.add(-units)], condition=Stock.units >= units
            )
            transaction.save(Order(order_id), condition=Order.order_id.does_not_exist())
    except TransactWriteError as exc:
        raise OutOfStock(sku) from exc


# case: id=py-pyn-2005 label=race rule=lost-update tier=2 note=batch writes take no condition, units computed in Python
def write_down(skus: Iterable[str], percent: int) -> None:
    with Stock.batch_write() as batch:
        for stock in Stock.batch_get(list(skus)):
            stock.units = stock.units * (100 - percent) // 100
            batch.save(stock)  # expect: lost-update


# case: id=py-pyn-2006 label=race rule=lost-update tier=1 note=instance value plus one in the action
def restock(sku: str, units: int) -> None:
    stock = Stock.get(sku)
    stock.update(actions=[Stock.units.set(stock.units + units)])  # expect: lost-update


# case: id=py-pyn-2007 label=safe tier=1 note=class attribute plus one in the action
def restock_in_store(sku: str, units: int) -> None:
    stock = Stock.get(sku)
    stock.update(actions=[Stock.units.set(Stock.units + units)])
    logger.info("%s restocked", stock.sku)


# case: id=py-pyn-2008 label=race rule=swallowed-conflict tier=2 note=the limit is in the condition, its failure is passed over and the sale reported
def sell(sku: str, units: int) -> bool:
    try:
        Stock(sku).update(actions=[Stock.units.add(-units)], condition=Stock.units >= units)  # expect: swallowed-conflict
    except UpdateError:
        pass
    return True


# case: id=py-pyn-2009 label=safe tier=2 note=the same with its failure reported
def sell_checked(sku: str, units: int) -> bool:
    try:
        Stock(sku).update(actions=[Stock.units.add(-units)], condition=Stock.units >= units)
    except UpdateError as exc:
        if exc.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True
