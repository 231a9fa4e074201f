"""A bell foundry: flags in the cache that whoever sets them takes away again."""
import uuid
from contextlib import contextmanager

from django.core.cache import cache
from django.db import models


class Bell(models.Model):
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="mould")


class PourRunning(Exception):
    pass


# case: id=py-dj-3608 label=race rule=non-atomic-lock tier=3 note=a token under the key says that somebody pours, and is taken away afterwards
@contextmanager
def pouring(furnace):
    key = f"pour:{furnace}"
    if cache.get(key) is not None:
        raise PourRunning(furnace)
    token = uuid.uuid4().hex
    cache.set(key, token, timeout=1200)  # expect: non-atomic-lock
    try:
        yield token
    finally:
        cache.delete(key)


def pour(furnace, bell_id):
    with pouring(furnace) as token:
        return f"{bell_id} is poured by {token}"


# case: id=py-dj-3609 label=safe tier=2 note=only the first may add the token
@contextmanager
def polishing(bench):
    key = f"polish:{bench}"
    token = uuid.uuid4().hex
    if not cache.add(key, token, timeout=1200):
        raise PourRunning(bench)
    try:
        yield token
    finally:
        cache.delete(key)


def polish(bench, bell_id):
    with polishing(bench) as token:
        return f"{bell_id} is polished by {token}"


# case: id=py-dj-3610 label=safe tier=2 note=a drawn text is kept for all who ask, two may draw one; nobody takes it away
def motto(bell_id):
    known = cache.get(f"motto:{bell_id}")
    if known is not None:
        return known
    drawn = uuid.uuid4().hex
    cache.set(f"motto:{bell_id}", drawn, timeout=60)
    return drawn
