"""A cooperative that shares the power of its roofs."""
