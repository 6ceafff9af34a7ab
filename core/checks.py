"""System checks that stop a start which would only fail later, at a ceremony."""

from __future__ import annotations

import ctypes.util
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from core.appendonly import missing_triggers

APT_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"


@register(Tags.compatibility)
def check_pdf_libraries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """WeasyPrint without libharfbuzz-subset0 takes half a minute a page; without a CJK font it prints boxes."""
    missing = [name for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset") if not _has_library(name)]
    errors: list[CheckMessage] = [
        Error(f"The library {name} is missing.", hint=f"apt-get install {APT_PACKAGES}", id="core.E001")
        for name in missing
    ]
    if not has_cjk_font():
        errors.append(
            Error("No Chinese font is installed.", hint=f"apt-get install {APT_PACKAGES}", id="core.E002")
        )
    return errors


@register(Tags.database)
def check_append_only_triggers(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Every append-only table carries its triggers (SQLite's table remake drops them)."""
    return [
        Error(
            f"The append-only table {table} can be changed.",
            hint="Run manage.py migrate: it installs the triggers again.",
            id="core.E003",
        )
        for alias in databases or []
        for table in missing_triggers(connections[alias])
    ]


def _has_library(name: str) -> bool:
    return ctypes.util.find_library(name) is not None


def has_cjk_font() -> bool:
    """Whether fontconfig knows a font that covers Chinese."""
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return True  # no fontconfig tools to ask: WeasyPrint's own warning must do
    found = subprocess.run([fc_list, ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S603
    return bool(found.stdout.strip())
