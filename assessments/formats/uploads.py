"""What kinds of files may be handed in, as other programs name them: MIME types, suffixes and Moodle's groups."""

import re
from collections.abc import Iterable

from assessments.items.types.file_upload import KINDS

OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
TYPES = {
    "picture": ("image/jpeg", "image/png", "image/webp", "image/gif"),
    "pdf": ("application/pdf",),
    "document": (
        f"{OFFICE}.wordprocessingml.document",
        "application/msword",
        f"{OPEN}.text",
        f"{OFFICE}.presentationml.presentation",
        "application/vnd.ms-powerpoint",
        f"{OPEN}.presentation",
    ),
    "sheet": (f"{OFFICE}.spreadsheetml.sheet", "application/vnd.ms-excel", f"{OPEN}.spreadsheet"),
    "archive": ("application/zip", "application/x-7z-compressed", "application/vnd.rar"),
}
GROUPS = {
    "image/*": "picture",
    "image": "picture",
    "web_image": "picture",
    "optimised_image": "picture",
    "pdf": "pdf",
    "document": "document",
    "presentation": "document",
    "spreadsheet": "sheet",
    "archive": "archive",
}
KIND_OF = (
    {type: kind for kind, types in TYPES.items() for type in types}
    | {suffix: kind for kind, suffixes in KINDS.items() for suffix in suffixes}
    | GROUPS
)
PARTED = re.compile(r"[\s,;]+")


def kinds_in(text: str) -> tuple[list[str], list[str]]:
    """The kinds that a list of types, suffixes or groups names, all where it names none; and the words not known."""
    words = [each for each in PARTED.split(text.lower()) if each]
    found = {KIND_OF[each] for each in words if each in KIND_OF}
    return [kind for kind in KINDS if kind in found or not found], [
        each for each in words if each not in KIND_OF
    ]


def types_of(kinds: Iterable[str]) -> str:
    """Their MIME types, a space between them."""
    return " ".join(type for kind in kinds for type in TYPES[kind])


def suffixes_of(kinds: Iterable[str]) -> str:
    """Their suffixes as Moodle lists them."""
    return ",".join(suffix for kind in kinds for suffix in KINDS[kind])
