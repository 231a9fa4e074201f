"""Rooms and accounts of a small hotel."""
