"""Marking by people: who marks what, in which round, and what their marks come to."""
