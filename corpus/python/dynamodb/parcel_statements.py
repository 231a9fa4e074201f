"""Parcel accounts: statements in PartiQL."""
from __future__ import annotations

import os

import boto3

client = boto3.client("dynamodb")
TABLE = os.environ["PARCELS_TABLE"]


class Refused(Exception):
    pass


# case: id=py-ddb-1560 label=race rule=lost-update tier=3 note=selected, worked out here, updated by the key alone
def charge(account: str, cents: int) -> None:
    found = client.execute_statement(
        Statement='SELECT balance FROM "parcels" WHERE account = ?', Parameters=[{"S": account}]
    )["Items"]
    balance = int(found[0]["balance"]["N"]) + cents
    client.execute_statement(  # expect: lost-update
        Statement='UPDATE "parcels" SET balance = ? WHERE account = ?',
        Parameters=[{"N": str(balance)}, {"S": account}],
    )


# case: id=py-ddb-1561 label=race rule=lost-update tier=3 note=got by its key, updated by a statement on a table of the environment
def weigh(account: str, grams: int) -> None:
    parcel = client.get_item(TableName=TABLE, Key={"account": {"S": account}})["Item"]
    client.execute_statement(  # expect: lost-update
        Statement=f'UPDATE "{TABLE}" SET grams = ? WHERE account = ?',
        Parameters=[{"N": str(int(parcel["grams"]["N"]) + grams)}, {"S": account}],
    )


# case: id=py-ddb-1562 label=safe tier=3 note=the value that was read is a condition of the statement
def charge_compared(account: str, cents: int) -> None:
    found = client.execute_statement(
        Statement='SELECT balance FROM "parcels" WHERE account = ?', Parameters=[{"S": account}]
    )["Items"]
    old = found[0]["balance"]["N"]
    client.execute_statement(
        Statement='UPDATE "parcels" SET balance = ? WHERE account = ? AND balance = ?',
        Parameters=[{"N": str(int(old) + cents)}, {"S": account}, {"N": old}],
    )


# case: id=py-ddb-1563 label=safe tier=2 note=the store adds
def charge_in_place(account: str, cents: int) -> None:
    client.execute_statement(
        Statement='UPDATE "parcels" SET balance = balance + ? WHERE account = ?',
        Parameters=[{"N": str(cents)}, {"S": account}],
    )


# case: id=py-ddb-1564 label=race rule=check-then-act tier=3 note=state tested here, deleted by the key alone
def discard(account: str) -> None:
    parcel = client.get_item(TableName="parcels", Key={"account": {"S": account}})["Item"]
    if parcel["state"]["S"] != "closed":
        raise Refused(account)
    client.execute_statement(  # expect: check-then-act
        Statement='DELETE FROM "parcels" WHERE account = ?', Parameters=[{"S": account}]
    )


# case: id=py-ddb-1565 label=safe tier=2 note=the state is tested by the statement
def discard_closed(account: str) -> None:
    client.execute_statement(
        Statement='DELETE FROM "parcels" WHERE account = ? AND state = \'closed\'',
        Parameters=[{"S": account}],
    )


# case: id=py-ddb-1566 label=race rule=check-then-act tier=3 note=state tested here, another one set by the key alone
def reopen(account: str) -> None:
    found = client.execute_statement(
        Statement='SELECT * FROM "parcels" WHERE account = ?', Parameters=[{"S": account}]
    )
    parcel = found["Items"][0]
    if parcel["state"]["S"] != "closed":
        raise Refused(account)
    client.execute_statement(  # expect: check-then-act
        Statement='UPDATE "parcels" SET state = ? WHERE account = ?',
        Parameters=[{"S": "open"}, {"S": account}],
    )


# case: id=py-ddb-1567 label=safe tier=2 note=an insert refuses what is there
def open_account(account: str) -> None:
    found = client.execute_statement(
        Statement='SELECT * FROM "parcels" WHERE account = ?', Parameters=[{"S": account}]
    )["Items"]
    if found:
        raise Refused(account)
    client.execute_statement(
        Statement="INSERT INTO \"parcels\" VALUE {'account': ?, 'balance': 0, 'state': 'open'}",
        Parameters=[{"S": account}],
    )
