"""Which column each side of the book is kept in, and what a register holds."""

SIDES = {"ship": "owed", "office": "paid"}
STEPS = {"small": 5, "large": 50}
