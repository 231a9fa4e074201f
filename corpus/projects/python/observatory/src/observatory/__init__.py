"""Nights at a telescope: who observes when, and what is kept of it."""
