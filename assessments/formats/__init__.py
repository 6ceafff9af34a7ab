"""Formats: questions in from a file and out into one. Pure: no Django, no database, nothing kept.

`FORMATS["gift"].read(file)` yields what was found, question by question; `.write(drafts, file)` tells what it could not
carry. To add a format, add one module with a subclass of `Format` and name it here.
"""

from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss, renumbered

FORMATS: dict[str, Format] = {}

__all__ = ["FORMATS", "Draft", "FileRefused", "Format", "Found", "Loss", "renumbered"]
