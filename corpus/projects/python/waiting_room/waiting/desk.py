"""What the desk does with queues."""

from waiting.ports import Queues


class Empty(Exception):
    pass


class Desk:
    def __init__(self, queues: Queues) -> None:
        self.queues = queues

    def join(self, ward: str) -> int:
        length = self.queues.find(ward)["length"] + 1
        self.queues.put_length(ward, length)
        return length

    def call(self, ward: str) -> None:
        queue = self.queues.find(ward)
        if queue["length"] < 1:
            raise Empty(ward)
        self.queues.put_length(ward, queue["length"] - 1)

    def call_next(self, ward: str) -> None:
        if not self.queues.shorten(ward):
            raise Empty(ward)
