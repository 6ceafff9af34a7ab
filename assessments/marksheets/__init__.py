"""Marks out of a file: read, looked at, taken."""
