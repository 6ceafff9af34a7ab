"""A Word file as a package of parts, each read into memory within limits."""

from functools import lru_cache
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import ZipFile

from assessments.formats import media
from assessments.formats.exchange import FileRefused
from assessments.formats.markup import read_xml
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from core.archives import BROKEN, is_swollen

MOST_BYTES = 64 * 1024 * 1024  # of the file, and of one entry
MOST_TOTAL = 512 * 1024 * 1024
MOST_RATIO = 300
RATIO_FROM = 1024 * 1024
OLD_WORD = b"\xd0\xcf\x11\xe0"
HELD = 16  # pictures in memory, for those that many questions show


class Package:
    """The parts of the file, each read into memory within limits; nothing is ever written to disk."""

    def __init__(self, source: BinaryIO) -> None:
        content = source.read(MOST_BYTES + 1)
        if content.startswith(OLD_WORD):
            raise FileRefused(
                Message(
                    _("This is the old Word format (.doc) or has a password. Save it as .docx and try again.")
                )
            )
        if len(content) > MOST_BYTES:
            raise FileRefused(
                Message(_("The file is larger than %(most)s MB."), {"most": MOST_BYTES // 2**20})
            )
        try:
            self.zip = ZipFile(BytesIO(content))
        except BROKEN as error:
            raise no_word() from error
        self.picture = lru_cache(maxsize=HELD)(self._picture)
        listed = self.zip.infolist()
        swollen = any(is_swollen(entry, ratio=MOST_RATIO, over=RATIO_FROM) for entry in listed)
        if swollen or sum(entry.file_size for entry in listed) > MOST_TOTAL:
            raise FileRefused(Message(_("The file unpacks to far more than it should, which is refused.")))

    def part(self, name: str, most: int = MOST_BYTES) -> bytes | None:
        """The content of a part; None when there is none of this name or it is too large."""
        try:
            entry = self.zip.getinfo(name)
            if entry.file_size > most:
                return None
            with self.zip.open(entry) as part:
                return part.read(most)
        except KeyError:
            return None
        except BROKEN as error:
            raise FileRefused(
                Message(_("The file is damaged: its part %(name)s cannot be read."), {"name": name})
            ) from error

    def _picture(self, name: str) -> bytes | None:
        """The content of a picture, cut off where it is too large to be taken; None when there is none."""
        try:
            with self.zip.open(name) as part:
                return part.read(media.MOST_PICTURE + 1)
        except (KeyError, *BROKEN):
            return None

    def xml(self, name: str) -> Any:
        """The root element of a part, or None."""
        content = self.part(name)
        return None if content is None else read_xml(content)

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: id → (kind, name of the part); an address outside the file is kept as it is."""
        folder, _slash, own = name.rpartition("/")
        root = self.xml(f"{folder}/_rels/{own}.rels" if folder else f"_rels/{own}.rels")
        found = {}
        for each in root if root is not None else ():
            if not isinstance(each.tag, str):
                continue
            kind = str(each.get("Type", "")).rpartition("/")[2]
            outside = each.get("TargetMode") == "External"
            target = str(each.get("Target", ""))
            found[str(each.get("Id"))] = (f"{kind}:outside" if outside else kind, _resolved(folder, target))
        return found


def _resolved(folder: str, target: str) -> str:
    parts = [] if target.startswith("/") else folder.split("/") if folder else []
    for each in target.split("/"):
        parts = parts[:-1] if each == ".." else [*parts, each] if each not in ("", ".") else parts
    return "/".join(parts)


def no_word() -> FileRefused:
    return FileRefused(Message(_("This is not a Word document (.docx).")))
