"""Vouchers in their table."""
import os

import boto3


class VoucherRepository:
    def __init__(self) -> None:
        self.table = boto3.resource("dynamodb").Table(os.environ["VOUCHERS_TABLE"])

    def get(self, code: str) -> dict | None:
        return self.table.get_item(Key={"code": code}).get("Item")

    def mark_used(self, code: str, uses: int) -> None:
        self.table.update_item(  # expect: lost-update  # reached: PATCH|PUT /admin/vouchers/{code}/grant, POST /v1/vouchers/{code}/redeem
            Key={"code": code},
            UpdateExpression="SET uses = :uses",
            ExpressionAttributeValues={":uses": uses},
        )

    def use(self, code: str) -> None:
        self.table.update_item(
            Key={"code": code},
            UpdateExpression="SET uses = uses + :one",
            ConditionExpression="uses < max_uses",
            ExpressionAttributeValues={":one": 1},
        )


def get_repository() -> VoucherRepository:
    return VoucherRepository()
