"""A shed from which neighbours borrow tools; every class of it may be replaced."""
