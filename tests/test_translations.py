"""Every string a person may read has its Chinese."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize("room", settings.ROOMS)
def test_room_is_completely_translated(room: str, tmp_path: Path) -> None:
    """Extract the msgids afresh from a copy of the room and look for one without Chinese."""
    copy = tmp_path / room
    shutil.copytree(ROOT / room, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "vendor", "pack"))
    (copy / "locale").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-location", "-v0"]
    bare = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=copy, check=True, capture_output=True, env=bare)
    catalogue = copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    if not catalogue.exists():
        return  # the room says nothing to people
    messages = polib.pofile(str(catalogue))
    open_ones = [entry.msgid for entry in messages if not entry.obsolete and not _is_done(entry)]
    assert open_ones == []


def _is_done(entry: polib.POEntry) -> bool:
    return entry.translated() and "fuzzy" not in entry.flags
