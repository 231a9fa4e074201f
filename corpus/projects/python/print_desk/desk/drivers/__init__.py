"""Printers, each kind in a module of its own."""
from importlib import import_module


def driver_for(printer):
    module = import_module("desk.drivers." + printer.kind)
    return module.Driver(printer)
