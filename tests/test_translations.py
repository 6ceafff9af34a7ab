"""Every string a person may read has its Chinese."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import allauth
import django
import polib
import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.translation.trans_real import DjangoTranslation

ROOT = Path(settings.BASE_DIR)
OVERLAY = ROOT / "cms" / "locale_wagtail"
LIBRARIES = OVERLAY.with_name("locale_libraries")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+")


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
    catalogues = {room: _catalogue(ROOT / room) for room in settings.ROOMS}
    for room, entries in {**catalogues, "the overlay": _overlay("django")}.items():
        for entry in entries:
            seen.setdefault((entry.msgctxt, entry.msgid), {})[room] = _said(entry)
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


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_nothing_of_wagtail_stays_english(domain: str) -> None:
    """What Wagtail does not say in Chinese stands in the overlay; a new version of it fails here, not in the admin."""
    places = [str(Path(app.path) / "locale") for app in _wagtail()] if domain == "djangojs" else None
    chinese = DjangoTranslation("zh-hans", domain=domain, localedirs=places)._catalog
    english = [entry for app in _wagtail() for entry in _catalogue(Path(app.path), domain, "en")]
    assert len(english) > 50
    assert [entry.msgid for entry in english if chinese.get(_key(entry)) is None] == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_overlay_adds_what_wagtail_lacks_and_says_what_it_replaces(domain: str) -> None:
    known, said = {}, {}
    for app in _wagtail():
        known |= {_key(entry): entry for entry in _catalogue(Path(app.path), domain, "en")}
        said |= {_key(entry): entry for entry in _catalogue(Path(app.path), domain) if _is_done(entry)}
    wrong = []
    for entry in _overlay(domain):
        replaces = "instead of" in entry.comment
        if _key(entry) not in known or replaces != (_key(entry) in said):
            wrong.append(entry.msgid)
    assert wrong == []


def test_second_overlay_replaces_only_what_django_and_allauth_say() -> None:
    entries = list(polib.pofile(str(LIBRARIES / "zh_Hans" / "LC_MESSAGES" / "django.po")))
    places = [Path(django.__file__).parent / "conf", Path(allauth.__file__).parent]
    found = [each for place in places for each in place.rglob("zh_Hans/LC_MESSAGES/django.po")]
    known = {entry.msgid for each in found for entry in polib.pofile(str(each)) if _is_done(entry)}
    assert [entry.msgid for entry in entries if entry.msgid not in known] == []
    assert [entry.msgid for entry in entries if "instead of" not in entry.comment] == []
    assert [_said(entry) for entry in entries if "您" in _said(entry)] == []
    wrong = [
        entry.msgid
        for entry in entries
        if set(PLACEHOLDER.findall(_said(entry)))
        != set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    ]
    assert wrong == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_overlay_keeps_placeholders_and_markup(domain: str) -> None:
    """A plural may name the count where the singular says “one”; nothing else may come in or go."""
    wrong = []
    for entry in _overlay(domain):
        source = entry.msgid_plural or entry.msgid
        wanted, found = set(PLACEHOLDER.findall(source)), set(PLACEHOLDER.findall(_said(entry)))
        if wanted != found and entry.msgid not in FORKED:
            wrong.append((entry.msgid, wanted ^ found))
    assert wrong == []


# Singular and plural speak of different things there, and Chinese has one form for both.
FORKED = {"Deleting this page will also delete %(translation_count)s translation of this page."}


def _wagtail() -> list[AppConfig]:
    return [app for app in apps.get_app_configs() if app.name.split(".")[0] == "wagtail"]


def _key(entry: polib.POEntry) -> Any:
    """As Django's catalogue names it: with the context in front, and the number of the only plural form."""
    msgid = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
    return (msgid, 0) if entry.msgid_plural else msgid


def _said(entry: polib.POEntry) -> str:
    return entry.msgstr or entry.msgstr_plural.get(0, "")


def _overlay(domain: str) -> list[polib.POEntry]:
    return list(polib.pofile(str(OVERLAY / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po")))


def _catalogue(folder: Path, domain: str = "django", language: str = "zh_Hans") -> list[polib.POEntry]:
    source = folder / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    entries = polib.pofile(str(source)) if source.exists() else []
    return [entry for entry in entries if not entry.obsolete]
