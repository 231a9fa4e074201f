"""What the domain asks of whoever keeps its things."""

from typing import Protocol


class Queues(Protocol):
    def find(self, ward: str) -> dict: ...

    def put_length(self, ward: str, length: int) -> None: ...

    def shorten(self, ward: str) -> bool: ...


class Clock(Protocol):
    def now(self) -> int: ...
