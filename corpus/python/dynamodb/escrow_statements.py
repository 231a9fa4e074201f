"""Escrow accounts, kept by statements that are sent together."""
from __future__ import annotations

import boto3

client = boto3.client("dynamodb")

BALANCE = 'SELECT balance FROM "escrow" WHERE account_id = ?'
CREDIT = 'UPDATE "escrow" SET balance = balance + ? WHERE account_id = ?'


def held(account_id: str) -> int:
    found = client.execute_statement(Statement=BALANCE, Parameters=[{"S": account_id}])["Items"]
    return int(found[0]["balance"]["N"])


# case: id=py-ddb-2311 label=race rule=lost-update tier=2 note=what is left was worked out before the transaction
def pay_out(account_id: str, seller: str, cents: int) -> None:
    left = held(account_id) - cents
    client.execute_transaction(  # expect: lost-update
        TransactStatements=[
            {
                "Statement": 'UPDATE "escrow" SET balance = ? WHERE account_id = ?',
                "Parameters": [{"N": str(left)}, {"S": account_id}],
            },
            {"Statement": CREDIT, "Parameters": [{"N": str(cents)}, {"S": seller}]},
        ]
    )


# case: id=py-ddb-2312 label=safe tier=2 note=the store works it out, and only where enough is left
def pay_out_once(account_id: str, seller: str, cents: int) -> None:
    if held(account_id) < cents:
        raise ValueError(account_id)
    client.execute_transaction(
        TransactStatements=[
            {
                "Statement": 'UPDATE "escrow" SET balance = balance - ? WHERE account_id = ? AND balance >= ?',
                "Parameters": [{"N": str(cents)}, {"S": account_id}, {"N": str(cents)}],
            },
            {"Statement": CREDIT, "Parameters": [{"N": str(cents)}, {"S": seller}]},
        ]
    )


# case: id=py-ddb-2313 label=race rule=lost-update tier=2 note=both are read in one call and written in another
def settle(first: str, second: str, cents: int) -> None:
    found = client.execute_transaction(
        TransactStatements=[
            {"Statement": BALANCE, "Parameters": [{"S": first}]},
            {"Statement": BALANCE, "Parameters": [{"S": second}]},
        ]
    )["Responses"]
    one, other = (int(answer["Item"]["balance"]["N"]) for answer in found)
    client.batch_execute_statement(  # expect: lost-update
        Statements=[
            {
                "Statement": 'UPDATE "escrow" SET balance = ? WHERE account_id = ?',
                "Parameters": [{"N": str(one - cents)}, {"S": first}],
            },
            {
                "Statement": 'UPDATE "escrow" SET balance = ? WHERE account_id = ?',
                "Parameters": [{"N": str(other + cents)}, {"S": second}],
            },
        ]
    )


# case: id=py-ddb-2314 label=race rule=lost-update tier=2 note=the batch takes the balance that was read before
def charge(account_id: str, fee: int) -> None:
    left = held(account_id) - fee
    client.batch_execute_statement(  # expect: lost-update
        Statements=[
            {
                "Statement": 'UPDATE "escrow" SET balance = ? WHERE account_id = ?',
                "Parameters": [{"N": str(left)}, {"S": account_id}],
            },
        ]
    )


# case: id=py-ddb-2315 label=safe tier=2 note=each statement of the batch takes the fee off what is there
def charge_all(accounts: list[str], fee: int) -> None:
    client.batch_execute_statement(
        Statements=[
            {
                "Statement": 'UPDATE "escrow" SET balance = balance - ? WHERE account_id = ? AND balance >= ?',
                "Parameters": [{"N": str(fee)}, {"S": account_id}, {"N": str(fee)}],
            }
            for account_id in accounts
        ]
    )
