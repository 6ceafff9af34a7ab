"""What a transcript says, taken once when a certificate is numbered. In the document's language, and names nobody."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.utils import timezone, translation

from competencies.framework import leaf_titles
from competencies.models import Evidence, EvidenceKind
from competencies.profile import Profile
from mentoring.models import Pairing
from mentoring.terms import SessionStatus

KINDS = {
    EvidenceKind.COURSE: "课程",
    EvidenceKind.SCENARIO: "情景推演",
    EvidenceKind.EXAM: "考试",
    EvidenceKind.ENDORSEMENT: "导师推荐",
    EvidenceKind.WORKSHOP: "工作坊",
    EvidenceKind.PRACTICE: "实践",
    EvidenceKind.CERTIFICATE: "证书",
    EvidenceKind.EXEMPTION: "免修",
}
UNDER_WAY = "带教中"


def transcript_record(evidence: Iterable[Evidence], profile: Profile, pairing_key: str) -> dict[str, Any]:
    """The eight leaves with their scores ("": no evidence), the evidence a decision rests on, oldest first, and the
    pairing that endorsed. One query for a pairing."""
    return {
        "leaves": [
            {"title": title, "score": profile[leaf].figure if leaf in profile else ""}
            for leaf, title in leaf_titles().items()
        ],
        "evidence": [_line(row) for row in sorted(evidence, key=lambda row: (row.occurred_at, row.pk))],
        "pairing": _pairing(pairing_key) if pairing_key else None,
    }


def plain(number: Decimal) -> str:
    """86 for 86.0, 85.5 for 85.50."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _line(row: Evidence) -> dict[str, str]:
    return {
        "title": row.subject.title,
        "kind": KINDS[EvidenceKind(row.kind)],
        "on": timezone.localdate(row.occurred_at).isoformat(),
        "hours": plain(row.hours) if row.hours else "",
        "score": "" if row.score is None or row.kind == EvidenceKind.ENDORSEMENT else plain(row.score * 100),
    }


def _pairing(agreement_no: str) -> dict[str, Any] | None:
    """Period, confirmed sessions and result; None when the pairing is not on record here."""
    confirmed = Q(sessions__status=SessionStatus.CONFIRMED)
    counted = Pairing.objects.annotate(
        met=Count("sessions", filter=confirmed), spent=Sum("sessions__minutes", filter=confirmed)
    )
    pairing = counted.filter(agreement_no=agreement_no).first()
    if pairing is None:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        result = str(pairing.get_result_display()) if pairing.result else UNDER_WAY
    ended = timezone.localdate(pairing.ended_at) if pairing.ended_at else pairing.until_on
    return {
        "since": pairing.since_on.isoformat(),
        "until": ended.isoformat() if ended else "",
        "sessions": pairing.met,
        "minutes": pairing.spent or 0,
        "result": result,
    }
