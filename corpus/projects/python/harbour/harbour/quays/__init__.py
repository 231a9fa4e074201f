"""Quays."""
from . import keeping as keep
