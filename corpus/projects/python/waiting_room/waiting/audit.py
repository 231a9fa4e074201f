"""The project's own decorator."""

import functools
import logging

log = logging.getLogger("audit")


def audited(what: str):
    def wrap(function):
        @functools.wraps(function)
        def run(*args, **kwargs):
            log.info("%s begins", what)
            try:
                return function(*args, **kwargs)
            finally:
                log.info("%s ended", what)

        return run

    return wrap
