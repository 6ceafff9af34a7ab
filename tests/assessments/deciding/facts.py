"""Facts and one-rule schemes, short enough to be read in a test."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from assessments.deciding import EvidenceFact, SchemeDefinition, parse_scheme

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
"""Noon in Shanghai."""


def day(text: str) -> datetime:
    """Noon in Shanghai of a day like 2023-05-01."""
    return datetime.fromisoformat(f"{text}T12:00:00+08:00")


def fact(id: str, kind: str, key: str, score: str | None = None, **more: Any) -> EvidenceFact:
    subject_kind = more.pop("subject_kind", {"endorsement": "pairing", "exemption": "exam"}.get(kind, kind))
    number = None if score is None else Decimal(score)
    return EvidenceFact(id, kind, subject_kind, key, more.pop("at", NOON), score=number, **more)


def scheme_data(rule: dict[str, Any], **head: Any) -> dict[str, Any]:
    return {
        "key": "digital",
        "title": "数字治理",
        "level": None,
        "valid_months": 36,
        "view": "A@1",
        "certificate_title": "培训合格证书",
        "rule": rule,
        **head,
    }


def one_rule(**rule: Any) -> SchemeDefinition:
    return parse_scheme(scheme_data({"id": "r", "title": "一条", "minutes": 60, **rule}))
