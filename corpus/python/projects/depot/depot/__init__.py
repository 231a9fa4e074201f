"""depot."""
