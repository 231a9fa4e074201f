"""Decorators that are classes."""
from functools import update_wrapper, wraps

from django.db import transaction


class AllOrNothing:
    """In the place of the function."""

    def __init__(self, function):
        update_wrapper(self, function)
        self.function = function

    def __call__(self, *args, **kwargs):
        with transaction.atomic():
            return self.function(*args, **kwargs)


class Within:
    """Called with the function."""

    def __init__(self, using="default"):
        self.using = using

    def __call__(self, function):
        @wraps(function)
        def run(*args, **kwargs):
            with transaction.atomic(using=self.using):
                return function(*args, **kwargs)

        return run
