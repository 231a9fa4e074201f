"""Work on hides; each part is loaded when it is first asked for."""
import importlib

_PARTS = {"take_from_shelf": "tannery.work.shelves", "put_on_shelf": "tannery.work.shelves"}


def __getattr__(name):
    if name in _PARTS:
        return getattr(importlib.import_module(_PARTS[name]), name)
    raise AttributeError(name)
