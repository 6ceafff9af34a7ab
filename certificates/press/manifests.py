"""theme.json: what a theme says of itself, and everything that can be wrong with it.

Pictures are pinned by their SHA-256: a theme never shows a picture that nobody looked at, and a file that the manifest
does not name may not lie in the folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from certificates.wording import forbidden_word
from core.hashing import sha256_hex

MANIFEST = "theme.json"
MARKS = ("seal", "signature")
SHOWN = ("serial", "holder.name", "qr_svg", "status_sentence")  # no certificate without these
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_DIGEST = re.compile(r"[0-9a-f]{64}")

Definition = dict[str, Any]


def read_manifest(root: Path) -> tuple[Definition, list[str]]:
    """The manifest of a folder, and its faults in words; with a fault the manifest is not to be used."""
    try:
        definition = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return {}, [_("theme.json cannot be read: %(why)s") % {"why": error}]
    if not isinstance(definition, dict):
        return {}, [_("theme.json must be one JSON object.")]
    faults = list(_wrong_entries(definition, root.name))
    if not faults:
        faults = [*_wrong_files(definition, root), *_wrong_words(definition, root)]
    return definition, faults


def files_of(definition: Definition) -> list[str]:
    """Every file a sound manifest names, itself included."""
    return [MANIFEST, definition["template"], *definition["stylesheets"], *definition["assets"]]


def _wrong_entries(definition: Definition, folder: str) -> Iterator[str]:
    for name, (is_right, expected) in _ENTRIES.items():
        if name not in definition:
            yield _("“%(entry)s” is missing: %(expected)s.") % {"entry": name, "expected": expected}
        elif not is_right(definition[name]):
            yield _("“%(entry)s” is wrong: %(expected)s.") % {"entry": name, "expected": expected}
    if definition.get("key") not in (None, folder):
        yield _("“key” must be the name of the folder, %(folder)s.") % {"folder": folder}


def _wrong_files(definition: Definition, root: Path) -> Iterator[str]:
    named = files_of(definition)
    for name in named:
        if not _is_file_in(root, name):
            yield _("The file %(file)s is missing.") % {"file": name}
    for name, pinned in definition["assets"].items():
        if _is_file_in(root, name) and sha256_hex((root / name).read_bytes()) != pinned:
            yield _("The picture %(file)s is not the one that was pinned.") % {"file": name}
    for path in sorted(root.rglob("*")):
        if path.is_file() and str(path.relative_to(root)) not in named:
            yield _("The file %(file)s is not named in theme.json.") % {"file": path.relative_to(root)}
    for name in definition["seals"].values():
        if name not in definition["assets"]:
            yield _("The seal %(file)s is not pinned under “assets”.") % {"file": name}


def _wrong_words(definition: Definition, root: Path) -> Iterator[str]:
    if not _is_file_in(root, definition["template"]):
        return
    source = (root / definition["template"]).read_text(encoding="utf-8")
    for text in (source, definition["title"], definition["status_sentence"]):
        word = forbidden_word(text)
        if word:
            yield _("“%(word)s” must not stand on an internal certificate: choose other words.") % {
                "word": word
            }
    if definition["for"] == "certificate":
        for name in SHOWN:
            if not re.search(r"{{\s*" + re.escape(name) + r"[\s|}]", source):
                yield _("The template does not show “%(name)s”.") % {"name": name}


def _is_file_in(root: Path, name: str) -> bool:
    return "/" not in name and (root / name).is_file() and not (root / name).is_symlink()


def _is_page(value: Any) -> bool:
    """Its sides, and on how many sheets a certificate stands: 0 for as many as it takes."""
    if not isinstance(value, dict) or not isinstance(value.get("sheets"), int) or value["sheets"] < 0:
        return False
    return all(_is_length(value.get(side)) for side in ("width_mm", "height_mm"))


def _is_length(value: Any) -> bool:
    return isinstance(value, int | float) and 40 <= value <= 900


def _is_qr(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("error") in ("l", "m", "q", "h")
        and isinstance(value.get("border"), int)
        and value["border"] >= 4
        and isinstance(value.get("size_mm"), int | float)
        and value["size_mm"] >= 18
        and bool(_COLOUR.fullmatch(str(value.get("dark"))))
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _mapping(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and all(fits(each) for each in value.values())


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value))


_ENTRIES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "key": (lambda v: isinstance(v, str) and bool(_SLUG.fullmatch(v)), "a–z, 0–9, -, ≤ 40"),
    "version": (lambda v: isinstance(v, int) and v >= 1, "1, 2, 3 …"),
    "title": (lambda v: isinstance(v, str) and 0 < len(v) <= 40, "≤ 40"),
    "for": (lambda v: v in ("certificate", "transcript"), "certificate | transcript"),
    "page": (_is_page, '{"width_mm": 40–900, "height_mm": 40–900, "sheets": 1}'),
    "template": (lambda v: isinstance(v, str) and v.endswith(".html"), "*.html"),
    "stylesheets": (lambda v: _texts(v) and bool(v), '["*.css"]'),
    "assets": (lambda v: _mapping(v, _is_digest), '{"*.svg": "SHA-256"}'),
    "fonts": (lambda v: _texts(v) and bool(v), '["Noto Serif CJK SC"]'),
    "qr": (_is_qr, '{"size_mm": ≥ 18, "error": "l|m|q|h", "border": ≥ 4, "dark": "#rrggbb"}'),
    "limits": (lambda v: _mapping(v, lambda n: isinstance(n, int) and n > 0), '{"modules": 8}'),
    "photo": (lambda v: v in ("none", "optional", "required"), "none | optional | required"),
    "marks": (lambda v: _texts(v) and set(v) <= set(MARKS), "seal, signature"),
    "seals": (lambda v: _mapping(v, lambda n: isinstance(n, str)), '{"…": "*.svg"}'),
    "status_sentence": (lambda v: isinstance(v, str) and 0 < len(v) <= 80, "≤ 80"),
    "fields": (lambda v: isinstance(v, dict) and bool(v), '{"serial": "…"}'),
}
