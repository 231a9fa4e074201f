"""Kegs in stock, behind an HTTP interface."""
