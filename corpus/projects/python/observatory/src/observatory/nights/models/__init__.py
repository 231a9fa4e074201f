"""The models of nights, each in a file of its own."""

from .equipment import *
from .night import Night

__all__ = ["Filter", "Night", "Plate"]
