"""Which format a file seems to be, by its content first and its name second; whoever uploads may say otherwise."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath

from assessments.formats import FORMATS, FileRefused
from assessments.formats.encoding import decoded
from core.archives import BROKEN

USUAL = "text_zh"  # a paper as people type it: the one text format that needs no marks of its own
LOOKED_AT = 200_000  # characters of a text
MOODLE = re.compile(r"<quiz[\s>]")
XML = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z])")
AIKEN = re.compile(r"^ANSWER:\s*[A-Z]\s*$", re.MULTILINE | re.IGNORECASE)
NUMBERED = re.compile(r"^\s*(?:\d{1,4}\s*[.．、)）]|[（(]\d{1,4}[)）]|第\s*\d+\s*题)", re.MULTILINE)
GIFT = re.compile(r"^::|(?<!\\)\{\s*(?:[=~#}]|(?:T|F|TRUE|FALSE)\s*\})", re.MULTILINE)
DUMP = re.compile(r"""^\s*\[.{0,200}"model"\s*:""", re.DOTALL)
# What an archive of each format has inside; QTI is told by its manifest.
INSIDE: dict[str, Callable[[str], bool]] = {
    "docx": lambda name: name == "word/document.xml",
    "xlsx": lambda name: name == "xl/workbook.xml",
    "qti": lambda name: PurePosixPath(name).name == "imsmanifest.xml",
    "django_quiz": lambda name: name.endswith(".json"),
}
BY_NAME = {
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".zip": "qti",
    ".gift": "gift",
    ".json": "django_quiz",
    ".md": "text_zh",
}


def detect(name: str, content: bytes) -> str:
    """One of `formats.FORMATS`."""
    if content.startswith(b"PK"):
        return _in_archive(content) or by_name(name, "qti")
    try:
        text = decoded(content)[:LOOKED_AT]
    except FileRefused:
        return by_name(name)
    return _in_text(text, name)


def by_name(name: str, otherwise: str = USUAL) -> str:
    """What the suffix says."""
    return BY_NAME.get(PurePosixPath(name.lower()).suffix, otherwise)


def _in_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except BROKEN:
        return ""
    return next((code for code, is_it in INSIDE.items() if any(map(is_it, names))), "")


def _in_text(text: str, name: str) -> str:
    if XML.match(text):
        return "moodle_xml" if MOODLE.search(text[:5000]) else "qti"
    if DUMP.match(text):
        return "django_quiz"
    if AIKEN.search(text):
        return "aiken"
    if by_name(name, "") in FORMATS:
        return by_name(name)
    return "gift" if GIFT.search(text) and not NUMBERED.search(text) else USUAL
