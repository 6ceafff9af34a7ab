"""Exams: from a definition to a frozen release that candidates sit."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.exams.definitions import SETTINGS, check_definition, is_set, points_of
from assessments.exams.section_checks import points_of_sections
from assessments.exams.sectioning import (
    blueprinted,
    check_proof,
    check_size,
    compiled_drawing,
    compiled_sections,
    proof_of,
)
from assessments.freezing import exact
from assessments.items import RubricType, item_type
from assessments.items.checking import as_text
from assessments.models import ExamItem, ExamVersion, Question, QuestionVersion
from assessments.wording import as_data
from competencies.ledger import register_subject
from competencies.models import SubjectKind
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person, Role
from people.roles import check_role

SCHEMA = 1


@dataclass(frozen=True)
class PinnedItem:
    """A question version, its points in this exam and the section it stands in or may be drawn for.

    `rate` is the chance, in ten-thousandths, that the control of exposure puts it on a paper it was drawn for.
    """

    version: QuestionVersion
    points: Decimal
    section: int = 1
    rate: int | None = None


def release_exam(*, definition: Mapping[str, Any], by: Person | None, now: datetime) -> ExamVersion:
    """Compile a definition into the next version of the exam, pinning each question's newest version.

    What it may say stands in `exams.definitions`. Gives the newest version when nothing changed. Raises Refusal with
    every problem; then nothing is written.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    document, items = compile_exam(definition)
    digest = content_hash(document)
    with transaction.atomic():
        _register(document)
        newest = ExamVersion.objects.filter(key=document["key"]).order_by("-number").first()
        if newest and newest.content_hash == digest:
            return newest
        version = _create(document, digest, items, newest.number + 1 if newest else 1, by, now)
        audit.record(
            action="exam.released",
            target=f"assessments.exam:{version.key}",
            by=by,
            now=now,
            number=version.number,
            content_hash=digest,
        )
    return version


def compile_exam(definition: Mapping[str, Any]) -> tuple[dict[str, Any], list[PinnedItem]]:
    """What a release would freeze: the document, and what it pins. Raises Refusal with what stands in the way."""
    check_definition(definition)
    if "sections" in definition:
        return _compile_sections(definition)
    items = _pin(definition)
    points = points_of([item.points for item in items], definition.get("draw"))
    return _compile(definition, points, [_compile_item(item) for item in items]), items


def newest_release(key: str) -> ExamVersion | None:
    """The release that candidates start on, or None."""
    return ExamVersion.objects.newest().filter(key=key).first()


def _register(document: Mapping[str, Any]) -> None:
    """Registering first also makes releases of one exam wait for each other: they write the same subject row."""
    url = reverse("assessments:exam", args=[document["key"]])
    register_subject(kind=SubjectKind.EXAM, key=document["key"], title=document["title"], url=url)


def _create(
    document: dict[str, Any],
    digest: str,
    items: list[PinnedItem],
    number: int,
    by: Person | None,
    now: datetime,
) -> ExamVersion:
    version = ExamVersion.objects.create(
        key=document["key"],
        number=number,
        title=document["title"],
        minutes=document["minutes"],
        pass_percent=Decimal(document["pass_percent"]),
        points=Decimal(document["points"]),
        document=document,
        content_hash=digest,
        released_at=now,
        released_by=by,
    )
    ExamItem.objects.bulk_create(
        ExamItem(
            exam_version=version,
            number=place,
            section=item.section,
            question_version=item.version,
            points=item.points,
            rule=entry["rule"],
        )
        for place, (item, entry) in enumerate(zip(items, document["items"], strict=True), start=1)
    )
    return version


def _compile(
    definition: Mapping[str, Any], points: Decimal, items: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "key": definition["key"],
        "title": definition["title"],
        "module": definition.get("module", ""),
        "summary": definition.get("summary", ""),
        "minutes": definition["minutes"],
        "pass_percent": as_text(Decimal(str(definition["pass_percent"]))),
        "points": as_text(points),
        "shuffle": definition.get("shuffle", True),
        "max_attempts": definition.get("max_attempts"),
        **{name: exact(definition[name]) for name in SETTINGS if is_set(name, definition.get(name))},
        **more,
        "items": items,
    }


def _compile_sections(definition: Mapping[str, Any]) -> tuple[dict[str, Any], list[PinnedItem]]:
    """Every question that fits a section is pinned for it, section by section; one that fits two is pinned twice, and
    no paper takes both."""
    _check_named(definition["sections"])
    plan = blueprinted(definition)
    check_size(plan.pools)
    proof = proof_of(definition, plan)
    check_proof(proof)
    wanted = {key for pool in plan.pools for key in pool.keys}
    found = _live(wanted)
    items = [
        PinnedItem(found[key], pool.points, pool.number, proof.blueprint.rates.get(key))
        for pool in plan.pools
        for key in pool.keys
    ]
    for item in items:
        _check_full_marks(item)
    compiled = [_compile_drawn(item) for item in items]
    points = points_of_sections(definition["sections"])
    sections = compiled_sections(definition, plan.pools)
    document = _compile(definition, points, compiled, sections=sections, drawing=compiled_drawing(proof))
    return document, items


def _compile_drawn(item: PinnedItem) -> dict[str, Any]:
    """With all that a draw looks at, so that it needs no other table."""
    rate = {} if item.rate is None else {"rate": item.rate}
    drawn = {"section": item.section, "difficulty": item.version.difficulty, **rate}
    return {**_compile_item(item), **drawn}


def _compile_item(item: PinnedItem) -> dict[str, Any]:
    version = item.version
    return {
        "question": version.question.key,
        "version": version.number,
        "content_hash": version.content_hash,
        "points": as_text(item.points),
        "rule": as_data(item_type(version.type).rule_note(version.answer)),
    }


def _pin(definition: Mapping[str, Any]) -> list[PinnedItem]:
    """The questions in the order of the definition. Raises Refusal for one that may not be taken, or wrong points."""
    keys = [each["key"] for each in definition["questions"]]
    found = _live(keys)
    _check_all_live(keys, found)
    items = [PinnedItem(found[each["key"]], Decimal(str(each["points"]))) for each in definition["questions"]]
    for item in items:
        _check_full_marks(item)
    return items


def _live(keys: Iterable[str]) -> dict[str, QuestionVersion]:
    """The version of these questions that new exams take, by key; those that may not be taken are absent."""
    versions = QuestionVersion.objects.live().filter(question__key__in=keys).select_related("question")
    return {version.question.key: version for version in versions}


def _check_named(sections: Iterable[Mapping[str, Any]]) -> None:
    keys = list(dict.fromkeys(key for section in sections for key in section.get("questions", ())))
    live = QuestionVersion.objects.live().filter(question__key__in=keys)
    _check_all_live(keys, set(live.values_list("question__key", flat=True)))


def _check_all_live(keys: list[str], found: Container[str]) -> None:
    missing = [key for key in keys if key not in found]
    if not missing:
        return
    waiting = {one.key: one for one in Question.objects.filter(key__in=missing)}
    unknown = [key for key in missing if key not in waiting]
    if unknown:
        raise Refusal(_("Not in the question bank: %(keys)s.") % {"keys": ", ".join(unknown)})
    told = ", ".join(f"{key} ({waiting[key].get_status_display()})" for key in missing)
    raise Refusal(_("Exams take questions in use only. Not in use: %(keys)s.") % {"keys": told})


def _check_full_marks(item: PinnedItem) -> None:
    kind = item_type(item.version.type)
    if isinstance(kind, RubricType) and kind.full_marks(item.version.answer) != item.points:
        full = as_text(kind.full_marks(item.version.answer))
        raise Refusal(
            _("Question %(key)s is worth the sum of its rubric: %(full)s.")
            % {"key": item.version.question.key, "full": full}
        )
