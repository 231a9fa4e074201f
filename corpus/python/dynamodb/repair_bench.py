"""A workshop's bench: jobs from an index, parts, payments."""
from __future__ import annotations

import logging
from typing import Any, NamedTuple

import boto3
from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder, Key
from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from pydantic import BaseModel

log = logging.getLogger(__name__)
client = boto3.client("dynamodb")
bench = boto3.resource("dynamodb").Table("bench")
TABLE = "bench"
_write = TypeSerializer().serialize


class Bench:
    def __init__(self, mechanic: str) -> None:
        self.mechanic = mechanic

    def next_job(self) -> str | None:
        job = self._first("waiting")
        if job is None:
            return None
        self._take(job["pk"])
        return job["pk"]

    def next_polish(self) -> str | None:
        job = self._first("assembled")
        if job is None or not self._take_if(job["pk"], "assembled"):
            return None
        return job["pk"]

    def _first(self, state: str) -> dict[str, Any] | None:
        page = bench.query(IndexName="by-state", KeyConditionExpression=Key("state").eq(state), Limit=1)
        return next(iter(page["Items"]), None)

    # case: id=py-ddb-7720 label=race rule=check-then-act tier=3 note=two mechanics find the same job in the index; its sort key is that of all jobs
    def _take(self, job: str) -> None:
        bench.update_item(  # expect: check-then-act
            Key={"pk": job, "sk": "JOB"},
            UpdateExpression="SET #s = :on, mechanic = :m",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":on": "on the bench", ":m": self.mechanic},
        )

    # case: id=py-ddb-7721 label=safe tier=3 note=the state that was looked for is the condition
    def _take_if(self, job: str, state: str) -> bool:
        try:
            bench.update_item(
                Key={"pk": job, "sk": "JOB"},
                UpdateExpression="SET #s = :on, mechanic = :m",
                ConditionExpression="#s = :was",
                ExpressionAttributeNames={"#s": "state"},
                ExpressionAttributeValues={":on": "polished", ":was": state, ":m": self.mechanic},
            )
        except bench.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


class Change:
    """An update that is put together step by step; names and values are numbered."""

    def __init__(self, pk: str) -> None:
        self._key = {"pk": _write(pk), "sk": _write("PART")}
        self._parts: list[str] = []
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}
        self._condition: ConditionBase | None = None

    def _number(self, name: str, value: Any) -> tuple[str, str]:
        n = len(self._names)
        self._names[f"#n{n}"] = name
        self._values[f":v{n}"] = value
        return f"#n{n}", f":v{n}"

    def put(self, name: str, value: Any) -> "Change":
        n, v = self._number(name, value)
        self._parts.append(f"{n} = {v}")
        return self

    def less(self, name: str, by: int) -> "Change":
        n, v = self._number(name, by)
        self._parts.append(f"{n} = {n} - {v}")
        return self

    def only_if(self, condition: ConditionBase) -> "Change":
        self._condition = condition if self._condition is None else self._condition & condition
        return self

    def built(self) -> dict[str, Any]:
        names, values = dict(self._names), dict(self._values)
        out: dict[str, Any] = {
            "TableName": TABLE,
            "Key": self._key,
            "UpdateExpression": "SET " + ", ".join(self._parts),
        }
        if self._condition is not None:
            written = ConditionExpressionBuilder().build_expression(self._condition)
            out["ConditionExpression"] = written.condition_expression
            names.update(written.attribute_name_placeholders)
            values.update(written.attribute_value_placeholders)
        out["ExpressionAttributeNames"] = names
        out["ExpressionAttributeValues"] = {k: _write(v) for k, v in values.items()}
        return out


# case: id=py-ddb-7722 label=race rule=unconditional-update tier=3 note=the condition asks only whether the part is there
def use_screws(part: str, pieces: int, job: str) -> None:
    change = Change(f"PART#{part}").less("stock", pieces).put("last_job", job)
    client.update_item(**change.only_if(Attr("pk").exists()).built())  # expect: unconditional-update


# case: id=py-ddb-7723 label=safe tier=3 note=the condition that is handed to the builder asks for the stock
def use_bolts(part: str, pieces: int, job: str) -> bool:
    change = Change(f"PART#{part}").less("stock", pieces).put("last_job", job)
    try:
        client.update_item(**change.only_if(Attr("stock").gte(pieces)).built())
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


class Receipt(NamedTuple):
    number: str
    state: str


def charge_of(number: str, customer: str, cents: int) -> list[dict[str, Any]]:
    return [
        {
            "Put": {
                "TableName": TABLE,
                "Item": {"pk": {"S": f"CUSTOMER#{customer}"}, "sk": {"S": f"BILL#{number}"}, "cents": {"N": str(cents)}},
                "ConditionExpression": "attribute_not_exists(sk)",
            }
        },
        {
            "Update": {
                "TableName": TABLE,
                "Key": {"pk": {"S": f"CUSTOMER#{customer}"}, "sk": {"S": "CREDIT"}},
                "UpdateExpression": "SET cents = cents - :c",
                "ConditionExpression": "cents >= :c",
                "ExpressionAttributeValues": {":c": {"N": str(cents)}},
            }
        },
    ]


# case: id=py-ddb-7724 label=race rule=swallowed-conflict tier=3 note=the bill may be there already, or the credit too low: told as paid in either case
def charge(number: str, customer: str, cents: int) -> Receipt:
    try:
        client.transact_write_items(TransactItems=charge_of(number, customer, cents))  # expect: swallowed-conflict
    except ClientError as exc:
        if exc.response["Error"]["Code"] != "TransactionCanceledException":
            raise
        log.warning("bill %s was refused", number)
    return Receipt(number, "paid")


# case: id=py-ddb-7725 label=safe tier=3 note=all that can be refused is there already
def note_delivery(number: str, customer: str) -> Receipt:
    try:
        client.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": {"pk": {"S": f"CUSTOMER#{customer}"}, "sk": {"S": f"DELIVERY#{number}"}},
                        "ConditionExpression": "attribute_not_exists(sk)",
                    }
                },
                {
                    "Update": {
                        "TableName": TABLE,
                        "Key": {"pk": {"S": f"CUSTOMER#{customer}"}, "sk": {"S": "DELIVERIES"}},
                        "UpdateExpression": "ADD deliveries :one",
                        "ExpressionAttributeValues": {":one": {"N": "1"}},
                    }
                },
            ]
        )
    except client.exceptions.TransactionCanceledException:
        log.info("delivery %s was noted before", number)
    return Receipt(number, "delivered")


class Customer(BaseModel):
    customer_id: str
    name: str
    phone: str = ""
    owed_cents: int = 0


class ContactForm(BaseModel):
    name: str | None = None
    phone: str | None = None


# case: id=py-ddb-7726 label=race rule=stale-overwrite tier=3 note=of the copy only what the form has is other, and the whole of it is put back
def change_contact(customer_id: str, form: ContactForm) -> Customer:
    item = bench.get_item(Key={"customer_id": customer_id}, ConsistentRead=True)["Item"]
    customer = Customer.model_validate(item)
    changed = customer.model_copy(update=form.model_dump(exclude_unset=True))
    bench.put_item(Item=changed.model_dump())  # expect: stale-overwrite
    return changed


# case: id=py-ddb-7727 label=safe tier=3 note=of the customer only the debt is changed, by the store
def add_debt(customer_id: str, cents: int) -> None:
    bench.update_item(
        Key={"customer_id": customer_id},
        UpdateExpression="ADD owed_cents :c",
        ExpressionAttributeValues={":c": cents},
    )
