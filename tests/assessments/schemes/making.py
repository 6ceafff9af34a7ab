"""Schemes and evidence for tests of schemes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments.models import SchemeVersion
from assessments.schemes.releasing import release_scheme
from competencies.ledger import record_evidence, register_subject
from competencies.models import Evidence, Subject, SubjectKind
from people.models import Person, Role
from tests.factories import LONG_AGO_AT, make_person

COURSE = {"id": "course", "kind": "course", "title": "学完《数据分析》", "subject": "data", "minutes": 90}
EXAM = {
    "id": "exam",
    "kind": "exam",
    "title": "考试 ≥ 60%",
    "subject": "base",
    "mark": 60,
    "minutes": 20,
}


def definition(*rules: dict[str, Any], **head: Any) -> dict[str, Any]:
    """A scheme that asks for every one of these rules."""
    return {
        "key": "digital",
        "title": "数字治理",
        "level": "elementary",
        "valid_months": 36,
        "view": "A@1",
        "certificate_title": "培训合格证书",
        "rule": {"id": "all", "kind": "all", "title": "数字治理", "rules": list(rules)},
        **head,
    }


def make_subjects() -> None:
    """The course `data` and the exam `base`, as if released."""
    register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析", url="/courses/data/")
    register_subject(kind=SubjectKind.EXAM, key="base", title="基础", url="/exams/base/")


def release(*rules: dict[str, Any], now: datetime = LONG_AGO_AT, **head: Any) -> SchemeVersion:
    make_subjects()
    return release_scheme(definition=definition(*rules, **head), by=None, now=now)


def record(
    person: Person, source: str, at: datetime, *, kind: str = "course", key: str = "data", **more: Any
) -> Evidence:
    """Evidence of something done at a moment, recorded at the same moment."""
    return record_evidence(
        person=person,
        subject=Subject.objects.get(key=key),
        kind=kind,  # type: ignore[arg-type]
        version_hash="0" * 64,
        source_key=source,
        occurred_at=at,
        now=more.pop("now", at),
        score=Decimal(more.pop("score", "1")),
        **more,
    )


def make_administrator() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))
