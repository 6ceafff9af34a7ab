"""What a reader sees of an item's body, as plain text: blocks as lines, pictures and formulas as marks in the text."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import etree

from assessments.formats.markup import LINES, UNSPOKEN
from assessments.formats.qti.names import FOREIGN
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
STARTS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"<svg": ".svg"}
MOST_PICTURE = 8 * 1024 * 1024
MOST_PICTURES, MOST_OF_ALL = 100, 32 * 1024 * 1024  # of one item
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

# The content of a file by what the item calls it; None when it is not there or too large.
Fetch = Callable[[str], bytes | None]


def picture_suffix(name: str, content: bytes) -> str:
    """The suffix that its name has or its first bytes call for; empty for what is no picture."""
    known = [each for each in PICTURES if name.lower().endswith(each)]
    if known:
        return known[0]
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return ".webp"
    return next((suffix for start, suffix in STARTS.items() if content.startswith(start)), "")


def picture_mark(name: str) -> str:
    """How a text refers to one of the draft's files."""
    return f"[{name}]"


@dataclass
class Prose:
    """Turns pieces of one item into text; keeps the pictures it met and what it could not keep.

    `marks` replace an element and all within it; `around` stand before and after what an element says.
    """

    fetch: Fetch
    files: dict[str, bytes] = field(default_factory=dict)
    warnings: list[Message] = field(default_factory=list)
    marks: dict[Any, str] = field(default_factory=dict)
    around: dict[Any, tuple[str, str]] = field(default_factory=dict)
    hrefs: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

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
        elif name in ("img", "object", "audio", "video"):
            yield self._picture(element)
        elif name == "math":
            self.warn(_("A formula is kept as plain text only: look it over."))
            yield element.get("alttext") or " ".join("".join(element.itertext(etree.Element)).split())
        else:
            yield from self._element(element, name, kept)

    def _element(self, element: Any, name: str, kept: bool) -> Iterator[str]:
        before, after = self.around.get(element, ("", ""))
        edge = "\n" if name in BLOCKS else ""
        raised = {"sup": "^", "sub": "_"}.get(name, "")
        yield edge + raised + before
        yield from self._spoken_within(element, kept=kept or name == "pre")
        yield after + edge
        if name in ("td", "th"):
            yield "\t"

    def _picture(self, element: Any) -> str:
        """The mark of a picture that was taken along; else its description."""
        address = element.get("src") or element.get("data") or _source_within(element)
        described = " ".join((element.get("alt") or "".join(element.itertext(etree.Element))).split())
        name = posixpath.basename(unquote(address.partition("?")[0].partition("#")[0]))
        if not name.lower().endswith(PICTURES):
            self.warn(_("%(name)s is not taken along: only pictures are."), name=name[:100] or "?")
            return described
        if address in self.hrefs:
            return picture_mark(self.hrefs[address])
        content = self.fetch(address) if len(self.files) < MOST_PICTURES else None
        if content is None or len(content) + sum(map(len, self.files.values())) > MOST_OF_ALL:
            self.warn(_("The picture %(name)s is not in the package, or too large."), name=name[:100])
            return described
        return picture_mark(self._kept(address, name, content))

    def _kept(self, address: str, name: str, content: bytes) -> str:
        taken = name
        while taken in self.files:
            taken = f"_{taken}"
        self.hrefs[address], self.files[taken] = taken, content
        return taken


def _flowing(text: str | None, kept: bool) -> str:
    if not text:
        return ""
    return text if kept else text.translate(SPACES)


def _source_within(element: Any) -> str:
    return next((each.get("src", "") for each in element.iter("source")), "")
