"""System checks of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from assessments.sittings.journal import has_journal


@register(Tags.database)
def check_journal(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Every save leaves its line in the journal (SQLite's table remake drops the trigger that writes it)."""
    return [
        Error(
            "Saved answers leave no line in the journal.",
            hint="Run manage.py migrate: it installs the trigger again.",
            id="assessments.E001",
        )
        for alias in databases or []
        if not has_journal(connections[alias])
    ]
