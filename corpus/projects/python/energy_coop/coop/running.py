"""How work is run in transactions."""

import functools
import time
from contextlib import contextmanager

from django.db import OperationalError, transaction


def in_transaction(work, attempts=3):
    for attempt in range(attempts):
        try:
            with transaction.atomic():
                return work()
        except OperationalError:
            if attempt + 1 == attempts:
                raise
            time.sleep(0.05)


def transactional(function):
    @functools.wraps(function)
    def run(*args, **kwargs):
        with transaction.atomic():
            return function(*args, **kwargs)

    return run


@contextmanager
def held(model, pk):
    with transaction.atomic():
        yield model.objects.select_for_update().get(pk=pk)
