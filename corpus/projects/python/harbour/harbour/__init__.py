"""A harbour's quays and what ships owe for them."""
