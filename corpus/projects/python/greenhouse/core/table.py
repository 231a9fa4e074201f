"""Access to the one table of the greenhouse, for items of any kind."""
from __future__ import annotations

from typing import Any, Generic, TypeVar

import boto3
from boto3.dynamodb.types import TypeSerializer
from pydantic import BaseModel

_serializer = TypeSerializer()

M = TypeVar("M", bound=BaseModel)


def encode(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _serializer.serialize(value) for name, value in values.items()}


class Store(Generic[M]):
    def __init__(self, model: type[M], table: str) -> None:
        self.model = model
        self.table = table
        self.client = boto3.client("dynamodb")

    def get(self, item_id: str) -> M:
        found = self.client.get_item(TableName=self.table, Key={"id": {"S": item_id}})
        return self.model.model_validate(found["Item"])

    def save(self, entity: M) -> None:
        self.client.put_item(TableName=self.table, Item=encode(entity.model_dump()))

    def patch(self, item_id: str, changes: dict[str, Any], *, only_if: dict[str, Any] | None = None) -> None:
        """Sets some attributes, if those of `only_if` still are what they were."""
        names = {"#id": "id"}
        values: dict[str, Any] = {}
        assignments = []
        conditions = ["attribute_exists(#id)"]
        for i, (name, value) in enumerate(changes.items()):
            names[f"#c{i}"], values[f":c{i}"] = name, value
            assignments.append(f"#c{i} = :c{i}")
        for i, (name, value) in enumerate((only_if or {}).items()):
            names[f"#o{i}"], values[f":o{i}"] = name, value
            conditions.append(f"#o{i} = :o{i}")
        self.client.update_item(
            TableName=self.table,
            Key={"id": {"S": item_id}},
            UpdateExpression="SET " + ", ".join(assignments),
            ConditionExpression=" AND ".join(conditions),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=encode(values),
        )
