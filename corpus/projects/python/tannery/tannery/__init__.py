"""Hides in a tannery, and the work done on them."""
