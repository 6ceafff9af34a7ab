"""One question of a file: its texts, numbers and files, and the warnings about what they lose on the way."""

import base64
import binascii
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from lxml import etree

from assessments.formats.markup import LINED, NOT_FOLLOWED, NOT_LINED, Picture, links, pictures, plain
from assessments.formats.media import Gathered
from assessments.items.checking import as_decimal
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

INLINE = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,(.*)", re.DOTALL | re.IGNORECASE)
SPACES = re.compile(r"[ \t\r\n\f]+")
PLACE = "@@PLUGINFILE@@/"
MARKDOWN = ("*", "_", "`", "#", "](", "> ")
TEX = ("\\(", "\\[", "$$")
SHOWN = 60  # letters of a text quoted in a message
DIGITS = 40  # of a number that is taken seriously

Show = Callable[[Picture], str]


class Skip(Exception):
    """The question cannot be kept; `reason` says why."""

    def __init__(self, msgid: str, **params: str | int) -> None:
        self.reason = Message(msgid, params)
        super().__init__(str(self.reason))


class Asked:
    """A `<question>` and what has to be told about reading it. Each warning is told once."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.warnings: list[Message] = []
        self._told: set[str] = set()
        self.gathered = Gathered(self.warn)
        self._beside = {_name_of(each): each for each in element.findall("questiontext/file")}

    def warn(self, msgid: str, **params: str | int) -> None:
        message = Message(msgid, params)
        if str(message) not in self._told:
            self._told.add(str(message))
            self.warnings.append(message)

    def find(self, path: str) -> Any:
        """The elements of this path, in their order."""
        return self.element.findall(path)

    def word(self, path: str) -> str:
        """The text of a simple element such as `<single>`, small letters; empty when there is none."""
        return (self.element.findtext(path) or "").strip().lower()

    def take_old_picture(self) -> None:
        """The one picture of a question of Moodle 1.9, which stands beside the text with its content."""
        name = (self.element.findtext("image") or "").strip()
        content = self.element.find("image_base64")
        if name and content is not None and (content.text or "").strip():
            self.gathered.take(name, "", lambda: _decoded(content), name.rpartition("/")[2])
        elif name or content is not None:
            self.warn(_("The picture or sound %(name)s is not kept."), name=shorten(name) or "?")

    def stem(self) -> str:
        """The text of the question; its pictures and sounds are gathered."""
        return self.gathered.stem(self.shown(self.element.find("questiontext"), within=self._gather))

    def shown(self, element: Any, within: Show | None = None) -> str:
        """What a reader sees of a text element; pictures, tables and formulas are told as lost."""
        return "" if element is None else self.seen(source_of(element), element.get("format", "html"), within)

    def seen(self, source: str, style: str = "html", within: Show | None = None) -> str:
        """The same of its source text, in a format as Moodle names it."""
        show = within or self._describe
        if style == "plain_text":
            return source.strip()
        if style == "markdown":
            if any(mark in source for mark in MARKDOWN):
                self.warn(_("Markdown stays as it is typed."))
            return _plain(source, show) if "<" in source else source.strip()
        self._tell_lost(source)
        if style != "moodle_auto_format" and "<pre" not in source.lower():
            source = SPACES.sub(" ", source)
        return _plain(source, show)

    def seen_stem(self, source: str, style: str) -> str:
        """The same of the text of the question, which is not yet as it is shown; its pictures are gathered."""
        return self.seen(source, style, self._gather)

    def tell_unused(self) -> None:
        """A warning for each file beside the stem that it does not show."""
        source = source_of(self.element.find("questiontext")) if self._beside else ""
        used = {_address(each) for each in _pictures(source)}
        for name in self._beside.keys() - used if self._beside else ():
            self.warn(_("The file %(name)s is not kept."), name=shorten(name))

    def _gather(self, picture: Picture) -> str:
        if inside := INLINE.match(picture.address):
            name = f"picture.{inside[1].lower()}"
            return self.gathered.take(picture.address, picture.alt, lambda: _unpacked(inside[2]), name)
        if not picture.address.startswith(PLACE):
            self.warn(
                _("The picture or sound %(name)s is not kept."), name=shorten(unquote(picture.address) or "?")
            )
            return picture.alt
        name = _address(picture.address)
        beside = self._beside.get(name)
        return self.gathered.take(name, picture.alt, lambda: None if beside is None else _decoded(beside))

    def _describe(self, picture: Picture) -> str:
        return self.gathered.describe(picture.alt, _address(picture.address))

    def _tell_lost(self, source: str) -> None:
        lower = source.lower()
        if LINED.search(source):
            self.warn(NOT_LINED)
        if "<table" in lower:
            self.warn(_("A table is kept as lines of text only."))
        for address in _links(source):
            if not address.startswith(PLACE):
                self.warn(NOT_FOLLOWED, address=shorten(address))
        if "<math" in lower:
            self.warn(_("A formula is kept as plain text only: look it over."))
        if any(mark in source for mark in TEX):
            self.warn(_("A formula is kept as it is typed only."))


def _name_of(file: Any) -> str:
    return f"{file.get('path', '/').strip('/')}/{file.get('name', '')}".removeprefix("/")


def _address(source: str) -> str:
    """The name of the file an address points to."""
    return unquote(source.removeprefix(PLACE).partition("?")[0].partition(";base64,")[0])


def source_of(element: Any) -> str:
    """The source of a text: of its `<text>`, else its own, with markup that somebody forgot to escape."""
    inner = element.find("text")
    if inner is None:
        return element.text or ""
    if not len(inner):
        return inner.text or ""
    return (inner.text or "") + "".join(etree.tostring(each, encoding="unicode") for each in inner)


def number_of(text: str | None) -> Decimal | None:
    """The number a file says, a comma for its point allowed; None for anything else and for absurd sizes."""
    written = (text or "").strip()
    if len(written) > DIGITS:
        return None
    if "." not in written and written.count(",") == 1:
        written = written.replace(",", ".")
    number = as_decimal(written)
    if number is None or (number and not -15 <= number.adjusted() <= 15):
        return None
    return number if number else Decimal(0)


def shorten(text: str) -> str:
    """The text as it is quoted in a message."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _pictures(source: str) -> list[str]:
    try:
        return pictures(source)
    except (ValueError, etree.LxmlError):
        return []


def _links(source: str) -> list[str]:
    try:
        return links(source)
    except (ValueError, etree.LxmlError):
        return []


def _plain(source: str, shown: Show) -> str:
    try:
        return plain(source, shown)
    except (ValueError, RecursionError, etree.LxmlError):
        raise Skip(_("Its HTML cannot be read.")) from None


def _decoded(file: Any) -> bytes | None:
    if file.get("encoding", "base64") != "base64":
        return None
    return _unpacked(file.text or "")


def _unpacked(text: str) -> bytes | None:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None
