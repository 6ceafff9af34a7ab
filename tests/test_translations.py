"""Every string a person may read has its Chinese."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.apps import apps
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


def test_a_msgid_means_one_thing() -> None:
    """All catalogues are one at run time: where two rooms share a msgid they must agree on its Chinese."""
    seen: dict[tuple[str | None, str], dict[str, str]] = {}
    for room in settings.ROOMS:
        for entry in _catalogue(ROOT / room):
            seen.setdefault((entry.msgctxt, entry.msgid), {})[room] = entry.msgstr or entry.msgstr_plural.get(
                0
            )
    torn = {msgid: rooms for msgid, rooms in seen.items() if len(set(rooms.values())) > 1}
    assert torn == {}


def test_no_room_renames_a_button_of_wagtail_or_allauth() -> None:
    """Our rooms' catalogues come first, so a generic word of ours would change the editor's admin too."""
    ours = {
        (entry.msgctxt, entry.msgid): entry.msgstr
        for room in settings.ROOMS
        for entry in _catalogue(ROOT / room)
    }
    renamed = {
        entry.msgid: (entry.msgstr, ours[entry.msgctxt, entry.msgid])
        for app in apps.get_app_configs()
        if app.name.startswith(("wagtail.admin", "allauth"))
        for entry in _catalogue(Path(app.path))
        if entry.msgstr and ours.get((entry.msgctxt, entry.msgid), entry.msgstr) != entry.msgstr
    }
    assert renamed == {}


def _catalogue(folder: Path) -> list[polib.POEntry]:
    source = folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    entries = polib.pofile(str(source)) if source.exists() else []
    return [entry for entry in entries if not entry.obsolete]
