"""What a reader sees of an item's body, as plain text: blocks as lines, formulas as they are told, pictures apart."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import etree

from assessments.formats.formulas import formula
from assessments.formats.markup import (
    LINED_TAGS,
    LINES,
    MEDIA,
    NOT_FOLLOWED,
    NOT_LINED,
    SET_APART,
    UNSPOKEN,
    Picture,
    link_of,
    picture_of,
    plain,
)
from assessments.formats.media import Gathered
from assessments.formats.qti.names import FOREIGN
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import shorten

BLOCKS = LINES | {
    "prompt",
    "rubricBlock",
    "contentBody",
    "caption",
    "dt",
    "dd",
    "dl",
    "tbody",
    "figure",
    "section",
}
# Told elsewhere (feedback, rubric, interactions) or not at all.
ASIDE = UNSPOKEN | {
    "feedbackInline", "feedbackBlock", "rubricBlock", "stylesheet", "catalogInfo", "companionMaterialsInfo",
    "templateInline", "templateBlock", "printedVariable", "annotation", "annotation-xml",
}  # fmt: skip
SPACES = str.maketrans(dict.fromkeys("\t\r\n", " "))
NO_PASSAGE = _("The passage %(name)s that the item shares with others cannot be read.")
MOST_PASSAGE = 1024 * 1024  # bytes

# The content of a file by what the item calls it; None when it is not there or too large.
Fetch = Callable[[str], bytes | None]


@dataclass
class Prose:
    """Turns pieces of one item into text; gathers the pictures it met and tells what it could not keep.

    `marks` replace an element and all within it; `around` stand before and after what an element says. `folder` is
    where what is read lies, from the item.
    """

    fetch: Fetch
    folder: str = ""
    warnings: list[Message] = field(default_factory=list)
    marks: dict[Any, str] = field(default_factory=dict)
    around: dict[Any, tuple[str, str]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    described: list[str] = field(default_factory=list)
    show: Callable[[Picture], str] = field(init=False)
    gathered: Gathered = field(init=False)

    def __post_init__(self) -> None:
        self.gathered = Gathered(self.warn)
        self.show = self._gather

    def aside(self, element: Any) -> str:
        """What stands within an element that has no place for pictures: they are described in it."""
        self.show, self.described = self._describe, []
        lines = self.text(element).split("\n")
        self.show = self._gather
        for each in self.described:  # a picture whose description stands beside it as well
            if lines.count(each) > 1:
                lines.remove(each)
        return "\n".join(lines)

    def text(self, element: Any) -> str:
        """What stands within the element. Lines are ended by blocks and `<br>`; empty ones are left out."""
        lines = "".join(self._spoken_within(element)).replace("\xa0", " ").split("\n")
        tidy = (" ".join(part for part in line.split(" ") if part) for line in lines)
        return "\n".join(kept for line in tidy if (kept := line.strip(" \t")))

    def warn(self, msgid: str, **params: str | int) -> None:
        message = Message(msgid, params)
        if str(message) not in self.told:
            self.told.add(str(message))
            self.warnings.append(message)

    def _spoken_within(self, element: Any, *, kept: bool = False) -> Iterator[str]:
        yield _flowing(element.text, kept)
        for child in element:
            yield from self._spoken(child, kept)
            yield _flowing(child.tail, kept)

    def _spoken(self, element: Any, kept: bool) -> Iterator[str]:
        name = element.tag
        if element in self.marks:
            yield self.marks[element]
        elif not isinstance(name, str) or name in ASIDE or name.endswith("Interaction"):
            return
        elif name == FOREIGN:
            self.warn(_("Parts that belong to another standard than QTI are not read."))
        elif name == "br":
            yield "\n"
        elif name in MEDIA:
            yield self._passage(element) if _is_page(element) else self.show(picture_of(element))
        elif name == "math":
            self.warn(_("A formula is kept as plain text only: look it over."))
            yield formula(element) or element.get("alttext") or ""
        elif name in SET_APART:
            yield SET_APART[name]("".join(self._spoken_within(element, kept=kept)))
        else:
            yield from self._element(element, name, kept)

    def _element(self, element: Any, name: str, kept: bool) -> Iterator[str]:
        before, after = self.around.get(element, ("", ""))
        edge = "\n" if name in BLOCKS else ""
        if name in LINED_TAGS or "text-decoration" in element.get("style", ""):
            self.warn(NOT_LINED)
        if name == "a" and (address := link_of(element)):
            self.warn(NOT_FOLLOWED, address=shorten(address))
        yield edge + before
        yield from self._spoken_within(element, kept=kept or name == "pre")
        yield after + edge
        if name in ("td", "th"):
            yield "\t"

    def _passage(self, element: Any) -> str:
        """A page of HTML that is shown in its place."""
        address = posixpath.join(self.folder, str(element.get("data") or ""))
        content = self.fetch(address) or b""
        try:
            text = plain(content.decode(errors="replace")) if len(content) <= MOST_PASSAGE else ""
        except (ValueError, RecursionError, etree.LxmlError):
            text = ""
        if not text:
            self.warn(NO_PASSAGE, name=shorten(address))
        return f"\n{text}\n" if text else picture_of(element).alt

    def image(self, element: Any) -> dict[str, str] | None:
        """A picture that is asked about; None when it cannot be taken."""
        picture = picture_of(element)
        return self.gathered.image(picture.alt, lambda: self.fetch(picture.address), _named(picture))

    def _gather(self, picture: Picture) -> str:
        address = posixpath.join(self.folder, picture.address)
        return self.gathered.take(address, picture.alt, lambda: self.fetch(address), _named(picture))

    def _describe(self, picture: Picture) -> str:
        self.described.append(self.gathered.describe(picture.alt, _named(picture)))
        return self.described[-1]


def _is_page(element: Any) -> bool:
    kind, address = element.get("type", ""), str(element.get("data") or "").lower()
    return bool(
        element.tag == "object" and (kind == "text/html" or address.endswith((".html", ".htm", ".xhtml")))
    )


def _named(picture: Picture) -> str:
    return posixpath.basename(unquote(picture.address.partition("?")[0].partition("#")[0]))


def _flowing(text: str | None, kept: bool) -> str:
    if not text:
        return ""
    return text if kept else text.translate(SPACES)
