"""Classes by name, so that an installation can put its own in their place."""
from importlib import import_module

from django.apps import apps

from shed.core import replaced


def get_member(label, name, package="shed.apps"):
    return get_members(label, [name], package)[0]


def get_members(label, names, package="shed.apps"):
    """The members of that name, the installation's own first."""
    own = replaced.module(label)
    modules = [load("%s.%s" % (package, label))]
    if own:
        modules.insert(0, load(own))
    return pick(modules, names)


def load(path):
    try:
        return import_module(path)
    except ImportError:
        return None


def pick(modules, names):
    found = []
    for name in names:
        member = None
        for module in modules:
            if hasattr(module, name):
                member = getattr(module, name)
                break
        if member is None:
            raise LookupError(name)
        found.append(member)
    return found


def get_model(app, name):
    """A model, whoever declares it."""
    try:
        return apps.get_model(app, name)
    except LookupError:
        load("%s.models" % app)
        return apps.get_registered_model(app, name)
