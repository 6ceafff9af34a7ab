"""One question being written as Moodle XML: its element, and what any type begins with."""

import base64
import re
from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import quote

from lxml import etree

from assessments.formats.exchange import Draft
from assessments.formats.media import carried
from assessments.formats.moodle_xml.texts import PLACE, shorten
from assessments.items.base import JSONObject
from assessments.items.checking import as_text
from assessments.items.media import Medium, media_of
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

MOST_BYTES = 7 * 2**20  # of a file: base64 makes it a third larger, and a text may have 10 MB
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # characters XML cannot carry
PENALTIES = {"truefalse": "1.0000000", "essay": "0.0000000"}


class Sheet:
    """One question being written, and what the file does not carry of it."""

    def __init__(self, draft: Draft) -> None:
        self.root = etree.Element("question")
        self.lost: list[Message]
        self.draft, self.names, self.lost = carried(draft, MOST_BYTES)

    def lose(self, msgid: str, **params: str | int) -> None:
        message = Message(msgid, params)
        if str(message) not in map(str, self.lost):
            self.lost.append(message)

    def put(self, tag: str, text: str = "", parent: Any = None, **attributes: str) -> Any:
        """A simple element."""
        element = etree.SubElement(
            self.root if parent is None else parent,
            tag,
            {name: self.fit(value) for name, value in attributes.items()},
        )
        if text:
            self._fill(element, text)
        return element

    def say(self, tag: str, text: str, parent: Any = None, **attributes: str) -> Any:
        """An element whose text is inside a `<text>`."""
        element = self.put(tag, "", parent, **attributes)
        self.put("text", text, element)
        return element

    def html(self, tag: str, source: str, parent: Any = None, **attributes: str) -> Any:
        """The same for HTML."""
        return self.say(tag, source, parent, **attributes, format="html")

    def _fill(self, element: Any, text: str) -> None:
        fit = self.fit(text)
        # a carriage return in CDATA would be read as a newline
        element.text = etree.CDATA(fit) if ("<" in fit or "&" in fit) and "\r" not in fit else fit

    def fit(self, text: str) -> str:
        """The text without what XML cannot carry, which is told."""
        fit = UNFIT.sub("", text)
        if fit != text:
            self.lose(_("Characters that XML has no place for were left out."))
        return fit


def begin(sheet: Sheet, kind: str, stem: str, points: Decimal | None) -> None:
    """What every type begins with. `stem` is HTML."""
    draft = sheet.draft
    sheet.root.set("type", kind)
    sheet.say("name", draft.name or shorten(draft.body["stem"]))
    text = sheet.html("questiontext", stem + "".join(map(_reference, shown_media(draft.body))))
    for name, content in draft.files.items():
        sheet.put("file", base64.b64encode(content).decode(), text, name=name, path="/", encoding="base64")
    sheet.html("generalfeedback", html(draft.explanation))
    if points is not None:
        sheet.put("defaultgrade", as_text(points))
    sheet.put("penalty", PENALTIES.get(kind, "0.3333333"))
    sheet.put("hidden", "0")
    sheet.put("idnumber", _idnumber(draft.extra))


def shown_media(body: JSONObject) -> tuple[Medium, ...]:
    """What stands behind the stem; of a question about places in a picture, that picture first."""
    image = body.get("image")
    return (*((Medium(image["file"], image["alt"], False),) if image else ()), *media_of(body))


def _reference(medium: Medium) -> str:
    source = escape(PLACE + quote(medium.file, errors="replace"))
    if medium.is_sound:
        told = f' title="{escape(medium.alt)}"' if medium.alt else ""
        return f'<p><audio controls="controls" src="{source}"{told}></audio></p>'
    return f'<p><img src="{source}" alt="{escape(medium.alt)}"></p>'


def _idnumber(extra: Mapping[str, Any]) -> str:
    number = extra.get("idnumber", extra.get("key", ""))
    return number if isinstance(number, str) else ""


def html(text: str) -> str:
    """A text of ours as HTML: its lines stay lines."""
    return escape(text, quote=False).replace("\n", "<br>")


def points(sheet: Sheet) -> Decimal:
    """What the question is worth; Moodle's usual one where we do not say."""
    return sheet.draft.points if sheet.draft.points is not None else Decimal(1)


def answer(sheet: Sheet, text: str, percent: str, style: str = "html") -> Any:
    """An `<answer>` and what it earns, with the empty feedback Moodle expects."""
    element = sheet.say("answer", html(text) if style == "html" else text, fraction=percent, format=style)
    sheet.html("feedback", "", element)
    return element
