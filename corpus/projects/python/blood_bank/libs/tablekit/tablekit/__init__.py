"""What all services need of DynamoDB."""

from tablekit.base import BaseTable, NotFound
from tablekit.records import Record
from tablekit.retrying import Conflict, with_retries

__all__ = ["BaseTable", "Conflict", "NotFound", "Record", "with_retries"]
