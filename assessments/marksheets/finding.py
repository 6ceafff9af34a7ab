"""From rows to answers: whose paper a row means, which question of it, and what marks that has by now."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from assessments.marking.given import given_marks
from assessments.marking.settling import Given
from assessments.marksheets.columns import KEY, NUMBER, SLOT, STAFF, Row
from assessments.marksheets.reach import may_name, papers_within_reach, people_named_to
from assessments.marksheets.worth import RowInvalid
from assessments.models import Answer, AttemptStatus, ExamItem, ExamVersion
from people.models import Person

HEX = re.compile(r"[0-9A-F]{6,32}")
SPOILT = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)  # what a spreadsheet makes of a number like 1234E5


@dataclass(frozen=True)
class Paper:
    """A paper that a row may mean; `named`: whoever brings the file may know whose it is."""

    pk: UUID
    person: UUID
    status: str
    staff_number: str
    submitted_at: datetime | None
    named: bool


@dataclass(frozen=True)
class Place:
    """The answer a row means, with its question and the marks given to it so far."""

    answer: Answer
    item: ExamItem
    status: AttemptStatus
    given: tuple[Given, ...]


class Finder:
    """Finds the answers of a portion of rows, in a number of queries that does not grow with it."""

    def __init__(self, version: ExamVersion, *, by: Person, at: datetime) -> None:
        self.version, self.by, self.at = version, by, at
        self.may_name = may_name(by, version, at=at)
        self.items = {
            item.pk: item for item in version.items.select_related("question_version__question").iterator()
        }

    def places(self, rows: Sequence[Row]) -> dict[int, Place | RowInvalid]:
        """By the number of its row, the answer that it means or why there is none. Three queries."""
        papers = self._papers(rows)
        found: dict[int, Paper | RowInvalid] = {row.number: _whose(row, papers) for row in rows}
        wanted = {each.pk for each in found.values() if isinstance(each, Paper)}
        answers = {(each.attempt_id, each.slot): each for each in Answer.objects.filter(attempt__in=wanted)}
        given = given_marks(Answer.objects.filter(attempt__in=wanted).order_by())
        return {row.number: self._place(row, found[row.number], answers, given) for row in rows}

    def _papers(self, rows: Sequence[Row]) -> _Papers:
        numbers = {number for row in rows if HEX.fullmatch(number := number_in(row))}
        staff = {row[STAFF] for row in rows if row[STAFF] and self.may_name}
        named = Q(person__account__staff_number__in=staff)
        for number in numbers:
            named |= Q(pk__gte=_filled(number, "0"), pk__lte=_filled(number, "f"))
        found = papers_within_reach(self.by, at=self.at).filter(named, exam_version=self.version)
        known = people_named_to(self.by, self.version, at=self.at).filter(pk=OuterRef("person"))
        fields = ("pk", "person", "status", "person__account__staff_number", "submitted_at", "named")
        rows_found = found.annotate(named=Exists(known)).order_by("submitted_at").values_list(*fields)
        return _Papers((Paper(*each) for each in rows_found), may_name=self.may_name)

    def _place(
        self,
        row: Row,
        paper: Paper | RowInvalid,
        answers: Mapping[tuple[UUID, int], Answer],
        given: Mapping[int, tuple[Given, ...]],
    ) -> Place | RowInvalid:
        if isinstance(paper, RowInvalid):
            return paper
        slot = unicodedata.normalize("NFKC", row[SLOT])
        known = slot.isdecimal() and len(slot) < 4
        answer = answers.get((paper.pk, int(slot))) if known else None
        if answer is None:
            return RowInvalid(
                SLOT,
                _("Paper %(number)s has no question “%(slot)s”.")
                % {"number": paper.pk.hex[:6].upper(), "slot": row[SLOT][:20] or "—"},
            )
        item = self.items[answer.item_id]
        key = item.question_version.question.key
        if row[KEY] and row[KEY] != key:
            said = {"slot": answer.slot, "key": key}
            problem = _("Question %(slot)s of this paper is %(key)s: check the number.") % said
            return RowInvalid(KEY, problem, answer)
        return Place(answer, item, AttemptStatus(paper.status), given.get(answer.pk, ()))


class _Papers:
    """The papers of a portion by what rows call them."""

    def __init__(self, papers: Iterable[Paper], *, may_name: bool) -> None:
        self.all, self.may_name = tuple(papers), may_name
        self.by_staff: dict[str, list[Paper]] = defaultdict(list)
        self.by_short: dict[str, list[Paper]] = defaultdict(list)
        for paper in self.all:
            if paper.named:
                self.by_staff[paper.staff_number or ""].append(paper)
            self.by_short[paper.pk.hex[:6].upper()].append(paper)

    def numbered(self, number: str) -> list[Paper]:
        return [each for each in self.by_short[number[:6]] if each.pk.hex.upper().startswith(number)]


def number_in(row: Row) -> str:
    """The candidate's number as it is meant: six characters or more, with the zeros that a spreadsheet took away."""
    text = unicodedata.normalize("NFKC", row[NUMBER]).upper()
    return text.zfill(6) if text.isdecimal() else text


def _whose(row: Row, papers: _Papers) -> Paper | RowInvalid:
    """By the candidate's number, which must agree with a staff number beside it; else by the staff number alone.

    Where marking is anonymous a staff number says nothing to whoever may not know it, not even whether it agrees.
    """
    if row[STAFF] and not papers.may_name:
        return _without_names()
    if row[NUMBER]:
        return _by_number(row, papers)
    if not row[STAFF] and not papers.may_name:
        return RowInvalid(NUMBER, _("Write the candidate's number here, as in the template."))
    if not row[STAFF]:
        return RowInvalid(NUMBER, _("Write the candidate's number here, or the staff number beside it."))
    found = papers.by_staff.get(row[STAFF], [])
    if not found:
        return RowInvalid(
            STAFF, _("Nobody you may bring marks for sat this release under this staff number.")
        )
    waiting = [each for each in found if each.status == AttemptStatus.MARKING]
    if len(waiting) > 1 or (not waiting and len(found) > 1):
        return RowInvalid(STAFF, _("This person has several papers here: write the candidate's number."))
    return (waiting or found)[0]


def _by_number(row: Row, papers: _Papers) -> Paper | RowInvalid:
    if SPOILT.fullmatch(row[NUMBER]) and not HEX.fullmatch(number_in(row)):
        return RowInvalid(
            NUMBER,
            _("A spreadsheet took this number for a sum. Format the column as text and write it again."),
        )
    found = papers.numbered(number_in(row)) if HEX.fullmatch(number_in(row)) else []
    if row[STAFF]:
        if not all(each.named for each in found):
            return _without_names()
        agreeing = [each for each in found if each.staff_number == row[STAFF]]
        if found and not agreeing:
            return RowInvalid(STAFF, _("The paper with this candidate's number is somebody else's."))
        found = agreeing
    if not found:
        return RowInvalid(
            NUMBER, _("No paper of this release that you may bring marks for has this candidate's number.")
        )
    if len(found) > 1 and not papers.may_name:
        return RowInvalid(NUMBER, _("Several papers have this number: write it as long as in the template."))
    if len(found) > 1:
        return RowInvalid(NUMBER, _("Several papers have this number: write the staff number beside it."))
    return found[0]


def _without_names() -> RowInvalid:
    return RowInvalid(
        STAFF,
        _("This exam is marked without names: write the candidate's number and leave the staff number out."),
    )


def _filled(number: str, digit: str) -> UUID:
    return UUID(hex=number.lower().ljust(32, digit))
