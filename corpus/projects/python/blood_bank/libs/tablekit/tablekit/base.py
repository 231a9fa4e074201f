import logging
import os
from typing import Any, Generic, TypeVar

import boto3
from botocore.exceptions import ClientError

from tablekit.records import Record
from tablekit.retrying import Conflict

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Record)


class NotFound(Exception):
    pass


class Connection:
    """One resource for the process, made when it is first asked for."""

    _resource = None

    @classmethod
    def resource(cls):
        if cls._resource is None:
            cls._resource = boto3.resource("dynamodb", endpoint_url=os.environ.get("DYNAMODB_URL"))
        return cls._resource


class BaseTable(Generic[R]):
    """A table of records; what derives from it says which."""

    table_variable: str
    record: type[R]

    def __init__(self) -> None:
        self._table = None

    @property
    def table(self):
        if self._table is None:
            self._table = Connection.resource().Table(os.environ[self.table_variable])
        return self._table

    def _call(self, method: str, **arguments: Any) -> dict[str, Any]:
        try:
            return getattr(self.table, method)(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Conflict(method) from error
            log.exception("call of %s failed", method)
            raise

    def fetch(self, key: str) -> R:
        answer = self._call("get_item", Key={"id": key}, ConsistentRead=True)
        if "Item" not in answer:
            raise NotFound(key)
        return self.record.of_item(answer["Item"])

    def store(self, record: R) -> None:
        self._call("put_item", Item=record.to_item())

    def store_if_unchanged(self, record: R) -> None:
        seen = record.version
        self._call(
            "put_item",
            Item={**record.to_item(), "version": seen + 1},
            ConditionExpression="version = :seen",
            ExpressionAttributeValues={":seen": seen},
        )
