"""Moodle XML, read: question by question, categories in their order, everything that is not kept told.

A multiple choice becomes one of the rule `weighted`; an essay one with a single criterion; a text with gaps (cloze,
gapselect, ddwtos) a cloze, whose stem are the lines before its first gap. The id number goes to `extra["idnumber"]`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, BinaryIO, cast

from lxml import etree

from assessments.formats.checking import found, skipped
from assessments.formats.exchange import Draft, FileRefused, Found
from assessments.formats.markup import elements, refuse_entities
from assessments.formats.moodle_xml.kinds import READERS, WITHOUT, summed
from assessments.formats.moodle_xml.texts import Asked, Skip, number_of, shorten, source_of
from assessments.formats.own import from_text, told
from assessments.formats.usual import numbered
from assessments.items.checking import as_text
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

HEAD = 65536  # bytes in which the outermost element must begin
USUAL_PENALTIES = {Decimal(each) for each in ("0", "0.1", "0.3333333", "1")}
USUAL_FEEDBACK = {
    "",
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
    "您的答案是正确的。",
    "您的答案部分正确。",
    "您的答案不正确",
}
CONTEXT = re.compile(r"\$[a-z0-9]+\$")
TAG = "qinglan"  # the element of ours that Moodle passes over
SLASH = re.compile(r"(?<!/)/(?!/)")


class _Opened:
    """A source whose first bytes have been looked at already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self.head, self.rest = head, rest

    def read(self, size: int = -1) -> bytes:
        head, self.head = self.head, b""
        return head or self.rest.read(size)


def read_questions(source: BinaryIO) -> Iterator[Found]:
    """Every question. What is read before the file breaks off is kept, and the break told in its place."""
    number, category, later = 0, "", list[Message]()
    try:
        for element in elements(_opened(source), "question"):
            if element.get("type") == "category":
                category = _category_of(element, later)
                continue
            number += 1
            read = _question(element, number, category, later)
            if read.draft is not None:
                later = []
            yield read
    except FileRefused as refused:
        if not number:
            raise
        yield skipped(numbered(number + 1), refused.reason)


def _opened(source: BinaryIO) -> BinaryIO:
    """The source from its start. Raises FileRefused when its outermost element is no `<quiz>`."""
    head = source.read(HEAD)
    start = head.lstrip()
    if not start:
        raise FileRefused(Message(_("The file is empty.")))
    if start.startswith(b"<") and start[1:2] != b"\x00":
        head = start
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    broken = None
    try:
        parser.feed(head)
    except etree.XMLSyntaxError as error:
        broken = error
    begun: Any = next(iter(parser.read_events()), None)
    if begun is None and broken is not None:
        raise FileRefused(
            Message(_("This is not well-formed XML: %(error)s"), {"error": str(broken)})
        ) from broken
    root = None if begun is None else begun[1]
    if root is None or root.tag != "quiz":
        raise FileRefused(
            Message(_("This is not Moodle XML: the outermost element of the file must be quiz."))
        )
    refuse_entities(root)
    return cast(BinaryIO, _Opened(head, source))


def _category_of(element: Any, later: list[Message]) -> str:
    """The path a category question sets; what it says besides is told with the next question."""
    path = (element.findtext("category/text") or "").strip()
    if (element.findtext("info/text") or "").strip() or (element.findtext("idnumber") or "").strip():
        later.append(
            Message(
                _("The description and id number of the category %(name)s are not kept."),
                {"name": shorten(path)},
            )
        )
    return path


def _names(path: str) -> tuple[str, ...]:
    """The names of a category path, from which the place it hangs on is gone. Moodle doubles a slash in a name."""
    names = [name.strip().replace("//", "/") for name in SLASH.split(path)]
    if names and CONTEXT.fullmatch(names[0]):
        names = names[1:]
    if names and names[0] == "top":
        names = names[1:]
    return tuple(name for name in names if name)


def _question(element: Any, number: int, category: str, later: Sequence[Message]) -> Found:
    name = " ".join((element.findtext("name/text") or "").split())
    where = numbered(number, shorten(name))
    seen = as_it_stands(element, where, category)
    own = element.find(TAG)
    if own is not None:
        seen = told(seen, from_text(own.text or ""))
    return replace(seen, where=where, warnings=(*later, *seen.warnings)) if seen.draft else seen


def as_it_stands(element: Any, where: Message, category: str) -> Found:
    """The question as Moodle reads it, without what only we noted in it."""
    asked = Asked(element)
    kind = (element.get("type") or "").strip().lower()
    try:
        draft = _foreign(asked, kind, " ".join((element.findtext("name/text") or "").split()), category)
    except Skip as skip:
        return skipped(where, skip.reason)
    return found(where, draft, asked.warnings)


def _foreign(asked: Asked, kind: str, name: str, category: str) -> Draft:
    if kind in WITHOUT:
        raise Skip(WITHOUT[kind])
    reader = READERS.get(kind)
    if reader is None:
        raise Skip(_("Moodle's question type %(type)s is not known here."), type=shorten(kind) or "?")
    points = _points(asked)
    asked.take_old_picture()
    type, body, answer = reader(asked)
    _tell_common(asked, kind)
    idnumber = (asked.element.findtext("idnumber") or "").strip()
    return Draft(
        type=type,
        body=body | asked.gathered.of_body(),
        answer=answer,
        explanation=asked.shown(asked.element.find("generalfeedback")),
        name=name,
        category=_names(category),
        tags=_tags(asked),
        points=summed(asked) if points is None and kind in ("cloze", "multianswer") else points,
        files=asked.gathered.files,
        extra={"idnumber": idnumber} if idnumber else {},
    )


def _points(asked: Asked) -> Decimal | None:
    written = asked.word("defaultgrade")
    points = number_of(written)
    if points is not None and points > 0:
        return Decimal(as_text(points))
    if written:
        asked.warn(_("%(points)s is not a number of points here."), points=shorten(written))
    return None


def _tags(asked: Asked) -> tuple[str, ...]:
    words = [*asked.find("tags/tag/text"), *asked.find("coursetags/tag/text")]
    return tuple(dict.fromkeys(text for each in words if (text := (each.text or "").strip())))


def _tell_common(asked: Asked, kind: str) -> None:
    """What any type may say that is not kept."""
    asked.tell_unused()
    if any(source_of(each).strip() or each.findtext("hintcontent/text") for each in asked.find("hint")):
        asked.warn(_("Hints are not kept."))
    if any(source_of(each).strip() for each in asked.find(".//answer/feedback")):
        asked.warn(_("Feedback on single answers is not kept."))
    combined = [
        asked.element.find(f"{each}feedback") for each in ("correct", "partiallycorrect", "incorrect")
    ]
    if any(each is not None and asked.shown(each) not in USUAL_FEEDBACK for each in combined):
        asked.warn(_("Feedback for right, partly right and wrong responses is not kept."))
    if asked.word("hidden") == "1":
        asked.warn(_("The question is hidden in Moodle; here it is not."))
    penalty = asked.word("penalty")
    if penalty and kind != "essay" and number_of(penalty) not in USUAL_PENALTIES:
        asked.warn(_("The penalty %(penalty)s for another try is not kept."), penalty=shorten(penalty))
