"""Quizzes and sittings of django-quiz-app, after its questions: exam drafts, and a history that counts for nothing.

What that app means by each of its settings stands in `formats.django_quiz`; here it becomes ours, and what differs is
told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.exams.definitions import KEY, LONGEST_TITLE, MOST_MINUTES
from assessments.exams.drafts import Comparison, DraftFate, compare_draft, store_exam_draft
from assessments.formats import FileRefused
from assessments.formats.django_quiz import (
    Dump,
    Quiz,
    has_progress,
    questions_in,
    quizzes_in,
    read_dump,
    sittings_in,
)
from assessments.models import ExamVersion
from assessments.transfer.drafts import Bank
from assessments.transfer.entries import entries_of
from assessments.transfer.importing import PORTION, Line, keeper
from assessments.transfer.prior_sittings import Exams, QuizExam, store_sittings
from assessments.wording import in_words
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person, Role
from people.roles import check_role

SOURCE = "django-quiz-app: {url}"
LEAST_MINUTES = 10  # that app has no time limit: what the questions usually take, but not less than this
AT_ONCE = 25  # questions, whose pictures are in memory together
TAKEN_ADDRESSES = frozenset(
    {"marking", "errata"}
)  # of /exams/, where an exam of that key would never be seen


@dataclass
class QuizReport:
    """What came of quizzes and sittings: drafts that are new, sittings that are new or changed."""

    exams: int = 0
    sittings: int = 0
    skipped: list[Line] = field(default_factory=list)
    warnings: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """A question of the dump: its key in the bank, and how long it usually takes."""

    key: str
    minutes: int


def import_quizzes(
    *, source: BinaryIO, by: Person | None, now: datetime, dry_run: bool = False
) -> QuizReport:
    """Take the quizzes of a dump as exam drafts and its sittings as history; call it after taking the questions.

    The same file a second time changes nothing. With `dry_run` nothing is stored and the report is the same. Raises
    Refusal for a file that cannot be read at all, NotAllowed for somebody who is not an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    source.seek(0)
    try:
        dump = read_dump(source)
    except FileRefused as refused:
        raise Refusal(in_words(refused.reason), code="file") from refused
    report = QuizReport()
    known = _known(dump, by, now)
    exams = _take_quizzes(dump, known, report, by=by, now=now, dry_run=dry_run)
    names = {name: each.key for name, each in known.items()}
    sittings = sittings_in(dump)
    while portion := list(islice(sittings, PORTION)):
        told = store_sittings(sittings=portion, exams=exams, names=names, by=by, now=now, dry_run=dry_run)
        report.sittings += told.stored
        report.skipped += told.skipped
        report.warnings += told.warnings
    if has_progress(dump):
        derived = _("Scores per category are not kept: they follow from the sittings.")
        report.warnings.append(Line("quiz.progress", derived))
    return report


def _known(dump: Dump, by: Person | None, now: datetime) -> dict[str, _Known]:
    """The questions that can be used, by their name in the dump, under the keys `import_questions` gives them."""
    keep = keeper(by=by, now=now, dry_run=True)
    known: dict[str, _Known] = {}
    found = questions_in(dump)
    while portion := list(islice(found, AT_ONCE)):
        for one, entry in zip(portion, entries_of(portion, Bank(SOURCE), keep), strict=True):
            if one.draft and entry.content:
                known[one.draft.name] = _Known(entry.content["key"], entry.content["minutes"])
    return known


def _take_quizzes(
    dump: Dump,
    known: Mapping[str, _Known],
    report: QuizReport,
    *,
    by: Person | None,
    now: datetime,
    dry_run: bool,
) -> Exams:
    """What sittings refer to, by the quiz's primary key."""
    exams: Exams = {}
    keys: set[str] = set()
    for quiz in quizzes_in(dump):
        key = _free_key(quiz, keys)
        keys.add(key)
        exams[quiz.key] = QuizExam(key, _title(quiz), quiz.pass_mark, quiz.url)
        definition = _definition(quiz, key, known)
        if not definition["questions"]:
            report.skipped.append(Line(quiz.where, _("None of its questions could be taken.")))
            continue
        try:
            if dry_run:
                comparison = compare_draft(definition)
            else:
                source = SOURCE.format(url=quiz.url or quiz.key)
                comparison = store_exam_draft(definition=definition, source=source, by=by, now=now)
        except Refusal as refusal:
            report.skipped.append(Line(quiz.where, str(refusal)))
            continue
        report.exams += comparison.fate == DraftFate.NEW
        told = (*_about_fate(comparison, definition), *_about_settings(quiz, known))
        report.warnings += [Line(quiz.where, each) for each in told]
    return exams


def _definition(quiz: Quiz, key: str, known: Mapping[str, _Known]) -> dict[str, Any]:
    """The quiz as an exam. That app scores every question with one point."""
    taken = {known[name].key: known[name].minutes for name in _asked(quiz) if name in known}
    draws = quiz.random_order and quiz.limit is not None and quiz.limit < len(taken)
    minutes = sum(taken.values())
    if draws and quiz.limit:
        minutes = minutes * quiz.limit // len(taken)
    settings: dict[str, Any] = {
        "module": quiz.category,
        "summary": quiz.description,
        "draw": quiz.limit if draws else None,
        "practice": not quiz.exam_paper,
        "max_attempts": 1 if quiz.single_attempt else None,
        "pass_text": quiz.success_text,
        "fail_text": quiz.fail_text,
    }
    return {
        "key": key,
        "title": _title(quiz),
        "minutes": min(max(minutes, LEAST_MINUTES), MOST_MINUTES),
        "pass_percent": quiz.pass_mark,
        "shuffle": quiz.random_order,
        "feedback": "end" if quiz.answers_at_end else "each",
        **{name: value for name, value in settings.items() if value},
        "questions": [{"key": each, "points": 1} for each in taken],
    }


def _asked(quiz: Quiz) -> tuple[str, ...]:
    """The questions that may be asked: without random order that app takes the first ones every time."""
    return quiz.questions if quiz.random_order else quiz.questions[: quiz.limit]


def _title(quiz: Quiz) -> str:
    return (quiz.title or quiz.url)[:LONGEST_TITLE]


def _free_key(quiz: Quiz, taken: set[str]) -> str:
    """The quiz's address where it can be ours, another one where it cannot: that app takes any letters, and twice."""
    if KEY.fullmatch(quiz.url) and quiz.url not in taken | TAKEN_ADDRESSES:
        return quiz.url
    return f"quiz-{content_hash([quiz.url, quiz.title, str(quiz.key)])[:16]}"


def _about_fate(comparison: Comparison, definition: Mapping[str, Any]) -> Iterator[str]:
    key = definition["key"]
    if comparison.fate == DraftFate.KEPT:
        yield _("The exam draft %(key)s says something else here and stays as it is: %(fields)s.") % {
            "key": key,
            "fields": ", ".join(comparison.differs),
        }
    if comparison.fate != DraftFate.NEW:
        return
    yield _(
        "This is the exam draft “%(title)s” now. Review its questions and put them in use, then release it under"
        " Exam drafts. Its time limit is our proposal, %(minutes)s minutes: that app has none."
    ) % {"title": definition["title"], "minutes": definition["minutes"]}
    if ExamVersion.objects.filter(key=key).exists():
        yield _("There is an exam %(key)s already: the draft's release would be its next version.") % {
            "key": key
        }


def _about_settings(quiz: Quiz, known: Mapping[str, _Known]) -> Iterator[str]:
    missing = [name for name in _asked(quiz) if name not in known]
    if missing:
        yield _("Questions that could not be read are missing from it: %(names)s.") % {
            "names": ", ".join(missing)
        }
    if len(_asked(quiz)) < len(quiz.questions):
        yield _(
            "That app always asks the first %(count)s questions of this quiz; the others are in the bank only."
        ) % {"count": quiz.limit}
    if not quiz.answers_at_end:
        yield _(
            "Right or wrong is told after each question here too, when the candidate asks for it; from then on that"
            " answer no longer changes."
        )
