"""Pictures and sounds of questions: kept once under their hash, shown to whoever is signed in.

What a file is, its bytes decide; its name gives nothing but a title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.contents import picture_in, sound_suffix
from assessments.items.media import media_of
from assessments.models import Medium
from core import audit, private_files
from core.errors import Refusal
from core.hashing import sha256_hex
from people.models import Person

FOLDER = "questions"
MB = 1 << 20
MOST_PICTURE, MOST_SOUND = 5 * MB, 20 * MB
LONGEST_NAME = 120
TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".m4a": "audio/mp4",
}

Size = tuple[int | None, int | None]


@dataclass(frozen=True)
class PresentedMedium:
    """A picture or sound as `assessments/media.html` draws it; width and height are unknown for sounds."""

    address: str
    alt: str
    is_sound: bool
    width: int | None = None
    height: int | None = None


def keep_medium(*, content: bytes, name: str, by: Person | None, now: datetime) -> Medium:
    """Keep a picture or sound for questions; the same bytes are kept once, and half-written ones are replaced.

    Raises Refusal for what is neither, for one too large, and for one that is more than it seems.
    """
    suffix, size = _suffix_and_size(content)
    private_files.store(content, folder=FOLDER, suffix=suffix)
    file = f"{sha256_hex(content)}{suffix}"
    fields = {
        "name": "".join(filter(str.isprintable, name))[-LONGEST_NAME:],
        "size": len(content),
        "width": size[0],
        "height": size[1],
        "kept_at": now,
        "kept_by": by,
    }
    with transaction.atomic():
        medium, is_new = Medium.objects.get_or_create(file=file, defaults=fields)
        if is_new:
            audit.record(action="medium.kept", target=f"assessments.medium:{file}", by=by, now=now)
    return medium


def file_of(content: bytes) -> str:
    """The name these bytes have in the bank, kept or not. Raises Refusal as `keep_medium` does."""
    suffix, _size = _suffix_and_size(content)
    return f"{sha256_hex(content)}{suffix}"


def _suffix_and_size(content: bytes) -> tuple[str, Size]:
    if len(content) > MOST_SOUND:
        raise _too_large(MOST_SOUND)
    if suffix := sound_suffix(content):
        return suffix, (None, None)
    if len(content) > MOST_PICTURE:
        raise _too_large(MOST_PICTURE)
    picture = picture_in(content)
    if picture is None:
        raise Refusal(
            _(
                "Only PNG, JPEG, WEBP and GIF pictures and MP3, OGG, WAV and M4A sounds are kept. Save it as one."
            ),
            code="kind",
        )
    return picture.suffix, (picture.width, picture.height)


def _too_large(most: int) -> Refusal:
    return Refusal(
        _("This file is larger than %(most)s MB. Make it smaller and try again.") % {"most": most // MB},
        code="size",
    )


def path_of(file: str) -> str:
    """Where a kept file lies in the private storage."""
    return private_files.path_of(file, folder=FOLDER)


def bytes_of(file: str) -> bytes:
    """The bytes of a kept file. Raises FileNotFoundError."""
    return private_files.read(path_of(file))


def address_of(file: str) -> str:
    """Where a browser finds a kept file."""
    return reverse("assessments:media", args=[file])


def missing_files(files: Iterable[str]) -> tuple[str, ...]:
    """Those of the files that the bank does not hold, in their order. One query."""
    wanted = list(dict.fromkeys(files))
    held = set(Medium.objects.filter(file__in=wanted).values_list("file", flat=True))
    return tuple(file for file in wanted if file not in held)


def sizes_for(bodies: Iterable[Mapping[str, Any]]) -> dict[str, Size]:
    """Width and height of every picture behind these stems. One query, none when there are none."""
    files = {each.file for body in bodies for each in media_of(body) if not each.is_sound}
    if not files:
        return {}
    found = Medium.objects.filter(file__in=files).values_list("file", "width", "height")
    return {file: (width, height) for file, width, height in found}


def presented(body: Mapping[str, Any], sizes: Mapping[str, Size]) -> tuple[PresentedMedium, ...]:
    """The pictures and sounds behind a stem, ready to be drawn."""
    return tuple(
        PresentedMedium(address_of(each.file), each.alt, each.is_sound, *sizes.get(each.file, (None, None)))
        for each in media_of(body)
    )
