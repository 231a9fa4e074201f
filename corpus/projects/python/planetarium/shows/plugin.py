"""What plugins may use."""
from shows.setup import adjust_domes  # noqa: F401
