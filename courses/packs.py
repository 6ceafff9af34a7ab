"""Reading a course from a folder: `course.yaml`, one YAML file a lesson, and the files they show.

    course.yaml: slug, title, book_label, book_kind, module, summary, audience, hours, leaves {LEAF: weight}, basis,
                 as_of, review_by, lessons [names of lesson files]
    lesson:      slug, title, summary, minutes, blocks [{id, type, value}]

Values by type: text: HTML · image {file, alt, caption} · video {file, title, transcript} · document {file, title,
description} · key_points {title, points} · policy_chain {chain} · reflection {prompt, hint} · self_check {question,
prompt} · scenario, exam {key, invitation} · table {caption, head, rows, row_heads}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from core.errors import Refusal

NEEDED = {
    "text": (),
    "image": ("file", "alt"),
    "video": ("file", "title", "transcript"),
    "document": ("file", "title"),
    "key_points": ("title", "points"),
    "policy_chain": ("chain",),
    "reflection": ("prompt",),
    "self_check": ("question",),
    "scenario": ("key", "invitation"),
    "exam": ("key", "invitation"),
    "table": ("caption", "head", "rows"),
}
COURSE_NEEDS = ("slug", "title", "book_label", "summary", "hours", "leaves", "lessons")
LESSON_NEEDS = ("slug", "title", "minutes", "blocks")


@dataclass(frozen=True)
class SourceBlock:
    """A block as written; `value` is HTML for text and a mapping for everything else."""

    id: str
    type: str
    value: Any


@dataclass(frozen=True)
class SourceLesson:
    """A lesson as written."""

    slug: str
    title: str
    summary: str
    minutes: int
    blocks: tuple[SourceBlock, ...]


@dataclass(frozen=True)
class SourceCourse:
    """A course as written; `fields` are those of CoursePage."""

    folder: Path
    slug: str
    fields: Mapping[str, Any]
    leaves: Mapping[str, Decimal]
    lessons: tuple[SourceLesson, ...]

    def file(self, name: str) -> Path:
        """A file of the folder. Raises Refusal when it is not there, or not below it."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            raise Refusal(_("The course folder has no file “%(name)s”.") % {"name": name})
        return path


def read_course(folder: Path) -> SourceCourse:
    """The course in this folder. Raises Refusal with everything that is missing or misshapen."""
    problems: list[str] = []
    course = _mapping(folder / "course.yaml", COURSE_NEEDS, problems)
    names = course.get("lessons") if isinstance(course.get("lessons"), list) else []
    lessons = [_lesson(folder / f"{Path(str(name)).name}.yaml", problems) for name in names or ()]
    fields = _course_fields(course, problems)
    leaves = _numbers(course.get("leaves"), problems)
    if problems:
        raise Refusal("\n".join(problems))
    return SourceCourse(folder, str(course["slug"]), fields, leaves, tuple(lessons))


def _mapping(path: Path, needed: tuple[str, ...], problems: list[str]) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(_("%(file)s cannot be read: %(error)s") % {"file": path.name, "error": error})
        return {}
    found = found if isinstance(found, dict) else {}
    _require(found, needed, path.name, problems)
    return found


def _require(found: Mapping[str, Any], needed: tuple[str, ...], where: str, problems: list[str]) -> None:
    missing = [name for name in needed if found.get(name) in (None, "", [], {})]
    if missing:
        problems.append(_("%(where)s lacks: %(names)s") % {"where": where, "names": ", ".join(missing)})


def _course_fields(course: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    texts = ("title", "book_label", "summary", "audience", "basis")
    return {
        **{name: str(course.get(name) or "").strip() for name in texts},
        "book_kind": str(course.get("book_kind") or "qing"),
        "module": str(course.get("module") or "open"),
        "hours": _numbers({"hours": course.get("hours", 0)}, problems).get("hours", Decimal(0)),
        "as_of": _day(course, "as_of", problems),
        "review_by": _day(course, "review_by", problems),
    }


def _lesson(path: Path, problems: list[str]) -> SourceLesson:
    lesson = _mapping(path, LESSON_NEEDS, problems)
    found = lesson.get("blocks")
    blocks = [
        _block(block, f"{path.name}, {number}", problems)
        for number, block in enumerate(found if isinstance(found, list) else (), start=1)
    ]
    ids = [block.id for block in blocks]
    if repeated := {each for each in ids if ids.count(each) > 1}:
        problems.append(
            _("%(file)s uses a block id twice: %(ids)s")
            % {"file": path.name, "ids": ", ".join(sorted(repeated))}
        )
    minutes = lesson.get("minutes")
    return SourceLesson(
        slug=str(lesson.get("slug", "")),
        title=str(lesson.get("title", "")),
        summary=str(lesson.get("summary") or ""),
        minutes=minutes if isinstance(minutes, int) else 0,
        blocks=tuple(blocks),
    )


def _block(block: Any, where: str, problems: list[str]) -> SourceBlock:
    block = block if isinstance(block, dict) else {}
    kind, value = str(block.get("type", "")), block.get("value")
    _require(block, ("id", "type", "value"), where, problems)
    if kind and kind not in NEEDED:
        problems.append(_("%(where)s: unknown kind of block “%(kind)s”") % {"where": where, "kind": kind})
    if kind != "text":
        _require(value if isinstance(value, dict) else {}, NEEDED.get(kind, ()), where, problems)
    return SourceBlock(str(block.get("id", "")), kind, value)


def _numbers(found: Any, problems: list[str]) -> dict[str, Decimal]:
    try:
        return {str(name): Decimal(str(number)) for name, number in dict(found or {}).items()}
    except (InvalidOperation, TypeError, ValueError):
        problems.append(_("course.yaml: not a number: %(value)s") % {"value": found})
        return {}


def _day(course: Mapping[str, Any], name: str, problems: list[str]) -> date | None:
    value = course.get(name)
    if value is not None and not isinstance(value, date):
        problems.append(_("course.yaml: %(name)s is not a date") % {"name": name})
        return None
    return value
