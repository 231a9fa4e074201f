import random
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Conflict(Exception):
    """Somebody else was first."""


def with_retries(attempt: Callable[[], T], times: int = 5) -> T:
    for n in range(times):
        try:
            return attempt()
        except Conflict:
            if n == times - 1:
                raise
            time.sleep(random.random() * 0.1 * 2**n)
    raise AssertionError("no attempt was made")
