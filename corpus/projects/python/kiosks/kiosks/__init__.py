"""Newspaper kiosks: what no run comes to."""
