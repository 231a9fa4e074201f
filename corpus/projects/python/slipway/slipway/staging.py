"""Changes that are collected and sent as one transaction."""
from __future__ import annotations

from typing import Any

from boto3.dynamodb.types import TypeSerializer

_serialize = TypeSerializer().serialize


class Changes:
    def __init__(self, client: Any) -> None:
        self._client = client
        self._staged: list[dict[str, Any]] = []

    def __enter__(self) -> "Changes":
        return self

    def change(
        self,
        table: str,
        key: dict[str, Any],
        expression: str,
        values: dict[str, Any],
        condition: str | None = None,
    ) -> None:
        change: dict[str, Any] = {
            "TableName": table,
            "Key": {name: _serialize(value) for name, value in key.items()},
            "UpdateExpression": expression,
            "ExpressionAttributeValues": {name: _serialize(value) for name, value in values.items()},
        }
        if condition:
            change["ConditionExpression"] = condition
        self._staged.append({"Update": change})

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None and self._staged:
            self._client.transact_write_items(TransactItems=self._staged)
