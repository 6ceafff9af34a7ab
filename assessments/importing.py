"""Questions out of files into the bank: read one by one, stored in portions, each told about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.bank import checked_content
from assessments.formats import FORMATS, Draft, FileRefused, Found, renumbered
from assessments.items import ITEM_TYPES, RubricType
from assessments.items.checking import as_text
from assessments.items.problems import gettext_noop
from assessments.models import Question, QuestionStatus, QuestionVersion
from assessments.wording import in_words
from competencies.framework import leaf_titles
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person

PORTION = 500
USUAL_LEAF = "SWK"
USUAL_DIFFICULTY = 3
MINUTES = {"short_answer": 8, "case_analysis": 25}  # everything else: USUAL_MINUTES
USUAL_MINUTES = 2
OWN = ("key", "module", "leaves", "minutes", "as_of", "source")


@dataclass(frozen=True)
class Line:
    """Something to be told about one place of the file."""

    where: str
    reason: str


@dataclass
class ImportReport:
    """What came of a file. `imported` are new or changed questions, `unchanged` were in the bank already."""

    imported: int = 0
    unchanged: int = 0
    skipped: list[Line] = field(default_factory=list)
    warnings: list[Line] = field(default_factory=list)
    types: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Bank:
    """Where questions go: the module they belong to, and the leaf that counts where a file names none."""

    module: str
    leaf: str = USUAL_LEAF

    def item_of(self, draft: Draft) -> dict[str, Any]:
        """The draft as the bank stores questions; its key comes from what it says unless it brings one."""
        own = {name: draft.extra[name] for name in OWN if draft.extra.get(name)}
        kind = ITEM_TYPES[draft.type]
        worth = kind.full_marks(draft.answer) if isinstance(kind, RubricType) else Decimal(1)
        says = {"type": draft.type, "body": draft.body, "answer": draft.answer}
        return {
            "key": f"q-{content_hash(says)[:16]}",
            "module": self.module,
            "leaves": {self.leaf: 1},
            "minutes": MINUTES.get(draft.type, USUAL_MINUTES),
            "points": str(draft.points or worth),
            "difficulty": draft.difficulty or USUAL_DIFFICULTY,
            "explanation": draft.explanation,
            **says,
            **own,
        }


def import_questions(
    *, source: BinaryIO, format: str, bank: Bank, by: Person | None, now: datetime, dry_run: bool = False
) -> ImportReport:
    """Read a file and store every question that can be used; the same file a second time changes nothing.

    `format` is one of `formats.FORMATS`. Questions are stored in portions, each in one transaction with one audit
    entry. With `dry_run` nothing is stored and the report is the same. Raises Refusal for an unknown format or leaf,
    and for a file that cannot be read at all.
    """
    if format not in FORMATS:
        raise Refusal(_("There is no format %(format)s.") % {"format": format}, code="format")
    if bank.leaf not in leaf_titles():
        raise Refusal(_("There is no leaf competency %(leaf)s.") % {"leaf": bank.leaf}, code="leaf")
    report = ImportReport()
    try:
        for portion in _portions(FORMATS[format].read(source)):
            _take(portion, bank, report, by=by, now=now, dry_run=dry_run)
    except FileRefused as refused:
        raise Refusal(in_words(refused.reason), code="file") from refused
    return report


PLACE = re.compile(r"(line|paragraph|row|question) (\d+)(.*)", re.DOTALL)
PLACES = {
    "line": gettext_noop("line %(number)s"),
    "paragraph": gettext_noop("paragraph %(number)s"),
    "row": gettext_noop("row %(number)s"),
    "question": gettext_noop("question %(number)s"),
}


def in_place(where: str) -> str:
    """A place of a file, as formats name it, in the reader's language: line 12, question 3 (its name) …"""
    named = PLACE.fullmatch(where)
    if named is None:
        return where
    return _(PLACES[named[1]]) % {"number": named[2]} + named[3]


def _portions(found: Iterable[Found]) -> Iterator[list[Found]]:
    each = iter(found)
    while portion := list(islice(each, PORTION)):
        yield portion


def _take(
    portion: list[Found], bank: Bank, report: ImportReport, *, by: Person | None, now: datetime, dry_run: bool
) -> None:
    contents: dict[str, tuple[dict[str, Any], Draft]] = {}
    taken = 0
    for one in portion:
        where = in_place(one.where)
        report.warnings += [Line(where, in_words(warning)) for warning in one.warnings]
        if one.draft is None:
            report.skipped.append(Line(where, in_words(one.reason) if one.reason else ""))
            continue
        try:
            content = checked_content(bank.item_of(one.draft))
        except Refusal as refusal:
            report.skipped.append(Line(where, str(refusal)))
            continue
        taken += 1
        if one.draft.files:
            kept = _("Pictures and sounds are not kept yet: %(names)s") % {
                "names": ", ".join(one.draft.files)
            }
            report.warnings.append(Line(where, kept))
        report.types[one.draft.type] += 1
        contents[content["key"]] = (content, one.draft)
    stored = _store(contents, by=by, now=now, dry_run=dry_run)
    report.imported += stored
    report.unchanged += taken - stored


def _store(
    contents: Mapping[str, tuple[dict[str, Any], Draft]], *, by: Person | None, now: datetime, dry_run: bool
) -> int:
    """How many questions became a new version."""
    with transaction.atomic():
        versions = QuestionVersion.objects.newest().filter(question__key__in=list(contents))
        newest = {version.question.key: version for version in versions.select_related("question")}
        changed = {
            key: (content, draft)
            for key, (content, draft) in contents.items()
            if key not in newest or not _says_the_same(newest[key], content)
        }
        if dry_run or not changed:
            return len(changed)
        questions = _questions(changed, by)
        QuestionVersion.objects.bulk_create(
            QuestionVersion.of(
                questions[key], newest[key].number + 1 if key in newest else 1, content, by=by, now=now
            )
            for key, (content, _draft) in changed.items()
        )
        audit.record(
            action="questions.imported",
            target="assessments.bank",
            by=by,
            now=now,
            questions=len(changed),
            content_hash=content_hash(sorted(changed)),
        )
    return len(changed)


def _says_the_same(version: QuestionVersion, content: Mapping[str, Any]) -> bool:
    """Files know entries by their place: the names our own versions give them make no other question."""
    if version.content_hash == content_hash(content):
        return True
    stored = renumbered(Draft(version.type, version.body, version.answer))
    frozen = {**_besides(version), "body": stored.body, "answer": stored.answer}
    return frozen == {name: content[name] for name in frozen}


def _besides(version: QuestionVersion) -> dict[str, Any]:
    """What a version says besides body and answer, as `bank.checked_content` has it."""
    return {
        "type": version.type,
        "module": version.module,
        "difficulty": version.difficulty,
        "minutes": version.minutes,
        "points": as_text(version.points),
        "leaves": version.leaves,
        "explanation": version.explanation,
        "as_of": version.as_of,
        "source": version.source,
    }


def _questions(changed: Mapping[str, tuple[dict[str, Any], Draft]], by: Person | None) -> dict[str, Question]:
    """The questions of these keys, made where they are not there yet, drafts all: what is new is to be reviewed."""
    Question.objects.bulk_create(
        (
            Question(key=key, category="/".join(draft.category)[:200], tags=list(draft.tags), author=by)
            for key, (_content, draft) in changed.items()
        ),
        ignore_conflicts=True,
    )
    questions = Question.objects.filter(key__in=list(changed))
    questions.update(status=QuestionStatus.DRAFT)
    return {question.key: question for question in questions}
