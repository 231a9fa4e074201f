"""What the desk may do with items."""
from lending import store


class NoCopyLeft(Exception):
    pass


def lend(code: str) -> int:
    item = store.load(code)
    if item is None or item["copies"] < 1:
        raise NoCopyLeft(code)
    left = item["copies"] - 1
    store.set_copies(code, left)
    return left


def lend_safely(code: str) -> None:
    store.take_copy(code)


def recount(code: str, counted: int) -> None:
    item = store.load(code)
    if item is not None:
        store.set_copies(code, item["copies"] + counted)
