"""On which terms a release is scored: as it was released, and every approved correction since, folded in their order.

Whoever scores reads them under the attempt's lock; whoever shows a result reads those that the result took in, so that
key and mark always belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from assessments.items.checking import as_text
from assessments.models import ExamCorrection, ExamItem, ExamVersion, QuestionVersion, Result


class Void(StrEnum):
    """How a question counts that was found to be bad: as usual, not at all, or in full for everybody."""

    NO = ""
    DROP = "drop"
    FULL = "full"


@dataclass(frozen=True)
class ItemTerms:
    """One question of a release: its key, explanation and points. `given` is what the release gave for it, of which
    marks by people and imported marks are told."""

    answer: Mapping[str, Any]
    explanation: str
    points: Decimal
    given: Decimal
    void: Void = Void.NO

    @property
    def points_text(self) -> str:
        return as_text(self.points)


@dataclass(frozen=True)
class Corrected:
    """What corrections say of one question; None where they say nothing. `key` is the id of the version it is from."""

    key: int | None = None
    answer: Mapping[str, Any] | None = field(default=None, hash=False)
    explanation: str = ""
    points: Decimal | None = None
    void: Void = Void.NO


@dataclass(frozen=True)
class Terms:
    """How a release is scored. `number` is that of the newest correction taken in, 0 without any.

    `corrected` holds the questions that a correction is about, by number; every other is as it was released.
    """

    released_percent: Decimal
    number: int = 0
    correction_id: int | None = None
    content_hash: str = ""
    percent: Decimal | None = None
    corrected: Mapping[int, Corrected] = field(default_factory=dict, hash=False)

    @property
    def pass_percent(self) -> Decimal:
        return self.released_percent if self.percent is None else self.percent

    @property
    def pass_percent_text(self) -> str:
        return as_text(self.pass_percent)

    def of(self, item: ExamItem) -> ItemTerms:
        """How one question of the release counts. It comes with its version, key included."""
        version, said = item.question_version, self.corrected.get(item.number, NOTHING)
        has_key = said.answer is not None
        return ItemTerms(
            answer=said.answer if said.answer is not None else version.answer,
            explanation=said.explanation if has_key else version.explanation,
            points=item.points if said.points is None else said.points,
            given=item.points,
            void=said.void,
        )

    def void_of(self, number: int) -> Void:
        """Whether the question with this number counts."""
        return self.corrected.get(number, NOTHING).void

    def worth_of(self, number: int, released: Decimal) -> Decimal:
        """What the question with this number, released with these points, is out of: nothing where it is dropped."""
        said = self.corrected.get(number, NOTHING)
        if said.void == Void.DROP:
            return Decimal(0)
        return released if said.points is None else said.points

    def on(self, numbers: Iterable[int]) -> tuple[Any, ...]:
        """What a paper with these questions sees of the terms: papers whose value is equal are scored alike."""
        said = {number: self.corrected.get(number, NOTHING) for number in numbers}
        seen = sorted((number, each) for number, each in said.items() if each != NOTHING)
        return self.pass_percent, tuple((n, each.key, each.points, each.void) for n, each in seen)

    def with_changes(
        self, changes: Iterable[Mapping[str, Any]], keys: Mapping[int, QuestionVersion]
    ) -> Terms:
        """These terms after the changes (see `changes`), which are valid; `keys` are the versions they name, by id."""
        corrected, percent = dict(self.corrected), self.percent
        for change in changes:
            if change["kind"] == "pass":
                percent = Decimal(change["percent"])
                continue
            number = change["item"]
            corrected[number] = _after(corrected.get(number, NOTHING), change, keys)
        return replace(self, percent=percent, corrected=corrected)


NOTHING = Corrected()
READ: dict[str, Terms] = {}
"""Folded corrections by the content hash of the newest: they never change, so each is read once in a process."""


def terms_of(exam_version: ExamVersion, upto: int | None = None) -> Terms:
    """The terms in force, or those after the correction with the number `upto` (0: as released).

    One query, and a second one when a correction is met for the first time in a process.
    """
    found = ExamCorrection.objects.filter(exam_version=exam_version.pk).order_by("number")
    return _terms(exam_version, list(found if upto is None else found.filter(number__lte=upto)))


def _terms(exam_version: ExamVersion, corrections: list[ExamCorrection]) -> Terms:
    if not corrections:
        return Terms(exam_version.pass_percent)
    newest = corrections[-1]
    if newest.content_hash not in READ:
        READ[newest.content_hash] = _fold(exam_version, corrections)
    return replace(READ[newest.content_hash], correction_id=newest.pk)


def terms_of_releases(versions: Iterable[ExamVersion]) -> dict[int, Terms]:
    """The terms in force of each of these releases, by id. One query, and one for every correction that is met for the
    first time in a process."""
    versions = list(versions)
    found: dict[int, list[ExamCorrection]] = {version.pk: [] for version in versions}
    for correction in ExamCorrection.objects.filter(exam_version__in=found).order_by("number"):
        found[correction.exam_version_id].append(correction)
    return {version.pk: _terms(version, found[version.pk]) for version in versions}


def terms_of_result(result: Result, exam_version: ExamVersion) -> Terms:
    """The terms that a result took in. No query where it took in none, nor where its `correction` comes with it and was
    met before in this process."""
    if result.correction is None:
        return Terms(exam_version.pass_percent)
    terms = terms_at(exam_version, result.correction.number, result.correction.content_hash)
    return replace(terms, correction_id=result.correction_id)


def terms_at(exam_version: ExamVersion, number: int | None, content_hash: str | None) -> Terms:
    """The terms after the correction with this number and hash, those of the release where there is none. Queries only
    when it is met for the first time in a process. `correction_id` may be that of a correction that says the same."""
    if number is None or content_hash is None:
        return Terms(exam_version.pass_percent)
    return READ.get(content_hash) or terms_of(exam_version, upto=number)


def keys_named(changes: Iterable[Mapping[str, Any]]) -> dict[int, QuestionVersion]:
    """The versions from which the changes take a key, by id. One query, none where no key changes."""
    ids = {change["question_version"] for change in changes if change["kind"] == "key"}
    return QuestionVersion.objects.in_bulk(ids) if ids else {}


def _fold(exam_version: ExamVersion, corrections: list[ExamCorrection]) -> Terms:
    keys = keys_named(change for each in corrections for change in each.changes)
    terms = Terms(exam_version.pass_percent)
    for each in corrections:
        terms = terms.with_changes(each.changes, keys)
    newest = corrections[-1]
    return replace(terms, number=newest.number, content_hash=newest.content_hash)


def _after(said: Corrected, change: Mapping[str, Any], keys: Mapping[int, QuestionVersion]) -> Corrected:
    match change["kind"]:
        case "key":
            version = keys[change["question_version"]]
            return replace(said, key=version.pk, answer=version.answer, explanation=version.explanation)
        case "points":
            return replace(said, points=Decimal(change["points"]))
        case _:
            return replace(said, void=Void.NO if change["how"] == "count" else Void(change["how"]))
