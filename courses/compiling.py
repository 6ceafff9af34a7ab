"""A course and its live lessons as one JSON document, or every reason why not.

Neither `full_clean()` nor publishing validates the blocks of a StreamField, and Wagtail drops blocks of an unknown
type without a word: so everything is looked at here, block by block.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError
from wagtail.blocks.list_block import ListBlockValidationError

from core.errors import Refusal
from courses.media import Keeper
from courses.models import CoursePage, LessonPage
from courses.models.versions import SCHEMA
from courses.references import Reference, broken_references, reference_of
from courses.richtext import anchor_headings

Document = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong and where: the lesson's title ("" for the course itself), the block's number, the field."""

    text: str
    lesson: str = ""
    block: int | None = None
    field: str = ""

    def __str__(self) -> str:
        places = [
            _("lesson “%(title)s”") % {"title": self.lesson} if self.lesson else "",
            _("block %(number)s") % {"number": self.block} if self.block else "",
            self.field,
        ]
        place = _(", ").join(part for part in places if part)
        return _("%(place)s: %(text)s") % {"place": place, "text": self.text} if place else self.text


class NotReleasable(Refusal):
    """A course that cannot become a version. `problems` says everything at once."""

    code = "not_releasable"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(problems)
        summary = ngettext(
            "The course cannot be released: %(count)s thing needs attention.",
            "The course cannot be released: %(count)s things need attention.",
            count,
        ) % {"count": count}
        super().__init__("\n".join([summary, *map(str, problems)]))


def compile_course(page: CoursePage, *, keeper: Keeper) -> Document:
    """The course as learners will read it. Files are handed to the keeper; nothing is written.

    Raises NotReleasable with all problems.
    """
    lessons = list(LessonPage.objects.child_of(page).live().order_by("path"))
    compilation = _Compilation(keeper)
    compilation.problems += [*_course_problems(page, lessons), *_dropped_blocks(lessons)]
    compiled = [compilation.lesson(lesson) for lesson in lessons]
    compilation.check_claims()
    if compilation.problems:
        raise NotReleasable(compilation.problems)
    return {**_head(page), "lessons": compiled}


def outline_of(content: Document) -> Document:
    """The document without the blocks: what lists need, and enough to say where somebody stopped.

    Of each lesson its self-checks (block id → question), the ids of its reflections, and by block id the heading it
    stands under.
    """
    kept = ("id", "slug", "title", "summary", "minutes")
    lessons = [{**{name: lesson[name] for name in kept}, **_stops(lesson)} for lesson in content["lessons"]]
    return {**content, "lessons": lessons}


def _stops(lesson: Document) -> Document:
    blocks, heading, places = lesson["blocks"], "", {}
    own: dict[str, list[str]] = {}
    for found in lesson["headings"]:
        own.setdefault(found["id"].rpartition("-")[0], []).append(found["title"])
    for block in blocks:
        titles = own.get(f"h-{block['id']}", [heading])
        places[block["id"]], heading = titles[0], titles[-1]
    return {
        "checks": {b["id"]: b["value"]["question"] for b in blocks if b["type"] == "self_check"},
        "reflections": [b["id"] for b in blocks if b["type"] == "reflection"],
        "places": {block_id: title for block_id, title in places.items() if title},
    }


def _head(page: CoursePage) -> Document:
    return {
        "schema": SCHEMA,
        "key": page.slug,
        "title": page.title,
        "book_label": page.book_label,
        "book_kind": page.book_kind,
        "module": page.module,
        "summary": page.summary,
        "audience": page.audience,
        "hours": as_text(page.hours),
        "leaves": {one.leaf: as_text(one.weight) for one in page.leaves.all()},
        "basis": page.basis,
        "as_of": page.as_of.isoformat() if page.as_of else "",
        "review_by": page.review_by.isoformat() if page.review_by else "",
    }


def as_text(number: Decimal) -> str:
    """A decimal without trailing zeros: 3 for 3.0, 0.8 for 0.80."""
    return format(number.normalize(), "f")


def _course_problems(page: CoursePage, lessons: list[LessonPage]) -> Iterator[Problem]:
    if not page.live:
        yield Problem(_("The course page is not published."))
    if not lessons:
        yield Problem(_("There is no published lesson."))
    if not page.leaves.exists():
        yield Problem(_("Name at least one competency the course speaks to."))
    yield from _field_problems(page)
    for lesson in lessons:
        yield from _field_problems(lesson, lesson.title)
        if not len(lesson.body):
            yield Problem(_("The lesson is empty."), lesson.title)


def _field_problems(page: CoursePage | LessonPage, lesson: str = "") -> Iterator[Problem]:
    try:
        page.full_clean(validate_constraints=False)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            field = str(page._meta.get_field(name).verbose_name) if name != "__all__" else ""
            yield Problem(" ".join(messages), lesson, field=field)


def _dropped_blocks(lessons: list[LessonPage]) -> Iterator[Problem]:
    """Blocks that are in the database and that Wagtail no longer knows."""
    known = set(LessonPage._meta.get_field("body").stream_block.child_blocks)
    raw = LessonPage.objects.filter(pk__in=[lesson.pk for lesson in lessons]).annotate(
        raw=Cast("body", TextField())
    )
    for title, text in raw.order_by("path").values_list("title", "raw"):
        for number, block in enumerate(_stored_blocks(text), start=1):
            if block.get("type") not in known:
                yield Problem(
                    _("Unknown kind of block: %(type)s.") % {"type": block.get("type")}, title, number
                )


def _stored_blocks(text: str) -> list[Document]:
    """The stored list; PostgreSQL hands a JSON string of it, hence twice."""
    value = json.loads(text or "[]")
    return json.loads(value) if isinstance(value, str) else value


class _Compilation:
    """One pass over the lessons: what could be frozen, what is wrong, what has to exist elsewhere."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.problems: list[Problem] = []
        self.claims: list[tuple[Reference, str, int]] = []

    def lesson(self, page: LessonPage) -> Document:
        blocks: list[Document] = []
        headings: list[dict[str, str]] = []
        for number, child in enumerate(page.body, start=1):
            frozen = self.block(child, page.title, number)
            if child.block_type == "text" and frozen:
                frozen["html"], found = anchor_headings(frozen["html"], f"h-{child.id}")
                headings += found
            if any(block["id"] == str(child.id) for block in blocks):
                text = _("Two blocks have the same id: %(id)s.") % {"id": child.id}
                self.problems.append(Problem(text, page.title, number))
            blocks.append({"id": str(child.id), "type": child.block_type, "value": frozen})
        return {
            "id": page.translation_key.hex,
            "slug": page.slug,
            "title": page.title,
            "summary": page.summary,
            "minutes": page.minutes,
            "headings": headings,
            "blocks": blocks,
        }

    def block(self, child: Any, lesson: str, number: int) -> Document:
        """The frozen value; empty when there are problems with it."""
        try:
            frozen: Document = child.block.freeze(child.block.clean(child.value), self.keeper)
        except ValidationError as error:
            self.problems += [
                Problem(text, lesson, number, _field_label(child.block, field))
                for field, text in _flatten(error, "")
            ]
            return {}
        except OSError:
            self.problems.append(Problem(_("The file is missing from the disk."), lesson, number))
            return {}
        if reference := reference_of(child.block_type, frozen):
            self.claims.append((reference, lesson, number))
        return frozen

    def check_claims(self) -> None:
        broken = broken_references(reference for reference, _lesson, _number in self.claims)
        self.problems += [
            Problem(broken[reference], lesson, number)
            for reference, lesson, number in self.claims
            if reference in broken
        ]


def _flatten(error: ValidationError, field: str) -> Iterator[tuple[str, str]]:
    """(name of the field, message) for every error, however deep."""
    nested = (StructBlockValidationError, StreamBlockValidationError, ListBlockValidationError)
    if not isinstance(error, nested):
        yield from ((field, message) for message in error.messages)
        return
    for other in error.non_block_errors.as_data():
        yield from _flatten(other, field)
    for name, inner in error.block_errors.items():
        yield from _flatten(inner, name if isinstance(name, str) else field)


def _field_label(block: Any, field: str) -> str:
    return str(block.child_blocks[field].label) if field in getattr(block, "child_blocks", {}) else ""
