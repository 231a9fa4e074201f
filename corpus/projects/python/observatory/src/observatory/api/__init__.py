"""The face to the web."""
