"""Wallets: a repository class around one table, and the services that use it."""
from __future__ import annotations

import logging
import os
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

logger = logging.getLogger(__name__)


class StaleWallet(Exception):
    pass


class Overdrawn(Exception):
    pass


@dataclass(frozen=True)
class Wallet:
    wallet_id: str
    balance: Decimal
    version: int
    frozen: bool = False


class WalletRepository:
    def __init__(self, table: Any = None) -> None:
        self._table = table or boto3.resource("dynamodb").Table(os.environ["WALLETS_TABLE"])

    @property
    def conflict(self) -> type[Exception]:
        return self._table.meta.client.exceptions.ConditionalCheckFailedException

    def find(self, wallet_id: str) -> Wallet:
        item = self._table.get_item(Key={"wallet_id": wallet_id}, ConsistentRead=True)["Item"]
        return Wallet(item["wallet_id"], item["balance"], int(item["version"]), item.get("frozen", False))

    # case: id=py-ddb-1042 label=race rule=lost-update tier=3 note=writes a balance that the service computed from its read (caller top_up)
    def set_balance(self, wallet_id: str, balance: Decimal) -> None:
        self._table.update_item(  # expect: lost-update
            Key={"wallet_id": wallet_id},
            UpdateExpression="SET balance = :b",
            ExpressionAttributeValues={":b": balance},
        )

    # case: id=py-ddb-1040 label=safe tier=3 note=writer conditions on the version of the carrier it is handed
    def store(self, wallet: Wallet) -> None:
        try:
            self._table.put_item(
                Item={
                    "wallet_id": wallet.wallet_id,
                    "balance": wallet.balance,
                    "version": wallet.version + 1,
                    "frozen": wallet.frozen,
                },
                ConditionExpression=Attr("version").eq(wallet.version),
            )
        except self.conflict as exc:
            raise StaleWallet(wallet.wallet_id) from exc

    # case: id=py-ddb-1041 label=safe tier=1 note=store computes, limit in the condition
    def debit(self, wallet_id: str, amount: Decimal) -> Decimal:
        try:
            out = self._table.update_item(
                Key={"wallet_id": wallet_id},
                UpdateExpression="SET balance = balance - :a, version = version + :one",
                ConditionExpression="balance >= :a AND frozen <> :yes",
                ExpressionAttributeValues={":a": amount, ":one": 1, ":yes": True},
                ReturnValues="UPDATED_NEW",
            )
        except self.conflict as exc:
            raise Overdrawn(wallet_id) from exc
        return out["Attributes"]["balance"]

    def credit(self, wallet_id: str, amount: Decimal) -> None:
        self._table.update_item(
            Key={"wallet_id": wallet_id},
            UpdateExpression="ADD balance :a, version :one",
            ConditionExpression="attribute_exists(wallet_id)",
            ExpressionAttributeValues={":a": amount, ":one": 1},
        )


class WalletService:
    def __init__(self, repository: WalletRepository) -> None:
        self.repository = repository

    def top_up(self, wallet_id: str, amount: Decimal) -> Decimal:
        wallet = self.repository.find(wallet_id)
        if wallet.frozen:
            raise PermissionError(wallet_id)
        total = wallet.balance + amount
        self.repository.set_balance(wallet_id, total)
        return total

    # case: id=py-ddb-1043 label=safe tier=3 note=dataclass replaced and stored under its version, three tries with a new read
    def apply_interest(self, wallet_id: str, rate: Decimal) -> Decimal:
        for _ in range(3):
            wallet = self.repository.find(wallet_id)
            changed = replace(wallet, balance=wallet.balance * (1 + rate))
            try:
                self.repository.store(changed)
            except StaleWallet:
                continue
            return changed.balance
        raise StaleWallet(wallet_id)

    # case: id=py-ddb-1044 label=safe tier=3 note=conditional debit, then a plain credit
    def transfer(self, source: str, target: str, amount: Decimal) -> Decimal:
        left = self.repository.debit(source, amount)
        self.repository.credit(target, amount)
        return left

    # case: id=py-ddb-1045 label=race rule=check-then-act tier=3 note=balance checked through the repository, delta without a limit
    def charge(self, wallet_id: str, fee: Decimal) -> None:
        wallet = self.repository.find(wallet_id)
        if wallet.balance < fee:
            raise Overdrawn(wallet_id)
        self.repository.credit(wallet_id, -fee)  # expect: check-then-act


class LedgerService:
    """Works on the table itself, once per statement."""

    def __init__(self) -> None:
        self.table = boto3.resource("dynamodb").Table(os.environ["WALLETS_TABLE"])

    # case: id=py-ddb-1046 label=race rule=stale-overwrite tier=1 note=constant set, whole item put back
    def freeze(self, wallet_id: str) -> None:
        item = self.table.get_item(Key={"wallet_id": wallet_id})["Item"]
        item["frozen"] = True
        self.table.put_item(Item=item)  # expect: stale-overwrite

    # case: id=py-ddb-1047 label=safe tier=1 note=constant flag set on one attribute
    def unfreeze(self, wallet_id: str) -> None:
        item = self.table.get_item(Key={"wallet_id": wallet_id}).get("Item")
        if item is None:
            raise KeyError(wallet_id)
        self.table.update_item(
            Key={"wallet_id": wallet_id},
            UpdateExpression="SET frozen = :no",
            ConditionExpression="attribute_exists(wallet_id)",
            ExpressionAttributeValues={":no": False},
        )

    # case: id=py-ddb-1048 label=race rule=lost-update tier=2 note=query page, per-item put of a computed field
    def round_balances(self, owner: str) -> int:
        page = self.table.query(
            IndexName="by_owner", KeyConditionExpression=Key("owner").eq(owner)
        )
        for item in page["Items"]:
            item["balance"] = item["balance"].quantize(Decimal("0.01"))
            self.table.put_item(Item=item)  # expect: lost-update
        return page["Count"]
