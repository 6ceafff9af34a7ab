"""What the pages of an exam draft show: its questions, its sections, and what stands in the way of a release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from assessments.blueprints import Pool, Proof
from assessments.exams.releasing import compile_exam
from assessments.exams.section_checks import count_of, points_of_sections
from assessments.exams.sectioning import Blueprinted, blueprinted, percent_text, proof_of
from assessments.items import item_type
from assessments.items.checking import as_text
from assessments.models import ExamDraft, ExamVersion, Question, QuestionVersion
from assessments.wording import in_words
from competencies.framework import leaf_titles
from core.errors import Refusal
from core.hashing import content_hash


@dataclass(frozen=True)
class DraftLine:
    """A question of a draft. `question` is None where the bank has none of that key; `waits`: no exam may take it."""

    number: int
    key: str
    points: str
    question: Question | None
    stem: str
    waits: bool


@dataclass(frozen=True)
class SectionReading:
    """A section of a draft: what it asks for, and how many questions in use `fit`.

    `asks` says which, line by line; `lines` are the questions named. `is_short`: it is one of those that cannot be
    filled. `highest` is the share of papers, in percent, on which one of its questions stands at most; "" before there
    is a paper. Points and percents are text.
    """

    number: int
    title: str
    count: int
    points: str
    worth: str
    pass_percent: str
    fixed: bool
    asks: tuple[str, ...]
    lines: tuple[DraftLine, ...]
    fit: int
    is_short: bool
    highest: str


@dataclass(frozen=True)
class DraftReading:
    """What the page of a draft shows. `problem` is what else stands in the way of a release, empty if nothing does.

    `replaces` is the newest release of that key, `is_released` whether it says what the draft says. A draft with
    sections has their `proof` once there are some.
    """

    lines: tuple[DraftLine, ...]
    waiting: tuple[DraftLine, ...]
    problem: str
    replaces: ExamVersion | None
    is_released: bool
    sections: tuple[SectionReading, ...] = ()
    proof: Proof | None = None
    points: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether a release would make something new."""
        return not (self.waiting or self.problem or self.is_released)

    @property
    def asked(self) -> int:
        """How many questions the sections ask."""
        return sum(section.count for section in self.sections)


def read_draft(draft: ExamDraft) -> DraftReading:
    """The draft, its questions and what stands in the way.

    Four queries, one more while questions wait; with sections ten, whatever their number.
    """
    definition = draft.definition
    newest = ExamVersion.objects.newest().filter(key=draft.key).first()
    if "sections" not in definition:
        return _compiled(definition, newest, lines=_lines(definition["questions"]))
    if not definition["sections"]:
        problem = _("There is no section yet. Say what a paper asks.")
        return DraftReading((), (), problem, newest, is_released=False)
    named = _named(definition["sections"])
    plan = blueprinted(definition)
    proof = proof_of(definition, plan)
    return _compiled(
        definition,
        newest,
        lines=tuple(named.values()),
        sections=_sections(definition["sections"], plan, proof, named),
        proof=proof,
        points=as_text(points_of_sections(definition["sections"])),
    )


def _compiled(
    definition: Mapping[str, Any], newest: ExamVersion | None, *, lines: tuple[DraftLine, ...], **more: Any
) -> DraftReading:
    waiting = tuple(line for line in lines if line.waits)
    try:
        document, _items = compile_exam(definition)
    except Refusal as refusal:
        problem = "" if waiting else str(refusal)
        return DraftReading(lines, waiting, problem, newest, is_released=False, **more)
    is_released = newest is not None and newest.content_hash == content_hash(document)
    return DraftReading(lines, waiting, "", newest, is_released, **more)


def _sections(
    said: list[dict[str, Any]], plan: Blueprinted, proof: Proof, named: Mapping[str, DraftLine]
) -> tuple[SectionReading, ...]:
    short = {number for each in proof.shortages for number in each.sections}
    return tuple(
        SectionReading(
            number=pool.number,
            title=each["title"],
            count=count_of(each),
            points=str(each["points"]),
            worth=as_text(Decimal(str(each["points"])) * count_of(each)),
            pass_percent=str(each.get("pass_percent", "")),
            fixed=pool.fixed,
            asks=tuple(_criteria(each)),
            lines=tuple(named[key] for key in each.get("questions", ())),
            fit=len(pool.keys),
            is_short=pool.number in short,
            highest=_highest(pool, proof),
        )
        for each, pool in zip(said, plan.pools, strict=True)
    )


def _highest(pool: Pool, proof: Proof) -> str:
    shares = [each.share for each in proof.exposures if pool.number in each.group.sections]
    return percent_text(max(shares, default=Fraction(0))) if shares else ""


def _criteria(section: Mapping[str, Any]) -> Iterable[str]:
    """What a section asks of its questions, in words."""
    select = section.get("select", {})
    if leaves := select.get("leaves"):
        yield _("Competencies: %(names)s") % {"names": "、".join(leaf_titles()[leaf] for leaf in leaves)}
    if difficulty := select.get("difficulty"):
        yield _("Difficulty %(lowest)s to %(highest)s") % {"lowest": difficulty[0], "highest": difficulty[1]}
    if tags := select.get("tags"):
        yield _("Tags: %(names)s") % {"names": "、".join(tags)}
    if types := select.get("types"):
        yield _("Question types: %(names)s") % {
            "names": "、".join(_(item_type(code).title) for code in types)
        }
    if "select" in section and not any(select.values()):
        yield _("Any question in use")


def _named(sections: list[dict[str, Any]]) -> dict[str, DraftLine]:
    """The questions that sections name, by key."""
    points = {key: section["points"] for section in sections for key in section.get("questions", ())}
    lines = _lines([{"key": key, "points": worth} for key, worth in points.items()])
    return {line.key: line for line in lines}


def _lines(entries: list[dict[str, Any]]) -> tuple[DraftLine, ...]:
    keys = [entry["key"] for entry in entries]
    questions = {question.key: question for question in Question.objects.filter(key__in=keys)}
    newest = QuestionVersion.objects.newest().filter(question__key__in=keys)
    stems = dict(newest.values_list("question__key", "body__stem"))
    taken = {key for key, question in questions.items() if question.live_number is not None}
    return tuple(
        DraftLine(
            number=number,
            key=entry["key"],
            points=str(entry["points"]),
            question=questions.get(entry["key"]),
            stem=stems.get(entry["key"], ""),
            waits=entry["key"] not in taken,
        )
        for number, entry in enumerate(entries, start=1)
    )


def problems_of(proof: Proof) -> tuple[str, ...]:
    """What stands in the way of a release, in words."""
    return tuple(in_words(each) for each in proof.problems)
