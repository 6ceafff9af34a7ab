"""What a certificate attests: taken once from the decision and the profile, then frozen in the certificate's row.

Everything here is written in the document's language, Chinese, and names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from assessments.deciding import ProofNode
from assessments.models import Decision
from assessments.schemes.releasing import definition_of
from certificates.eligibility import proof_of
from certificates.transcripts.recording import plain, transcript_record
from competencies.framework import View, leaf_titles, view
from competencies.models import Evidence, Subject
from competencies.profile import Profile, profile_of, project

# How each kind of proof is named on paper; an endorsement stands in the mentor's lines instead.
BASIS = {
    "course": "课程学完",
    "exam": "考试合格",
    "scenario": "情景推演合格",
    "practice": "实践学时",
    "workshop": "工作坊",
    "certificate": "已持有的证书",
}
EXEMPT = "凭已持有的证书免修"
HOURS_KINDS = ("course", "practice", "workshop")


@dataclass(frozen=True)
class Attestation:
    """`snapshot` as `Certificate.snapshot` holds it; hours credited; the pairing of the endorsement, or ""."""

    snapshot: dict[str, Any]
    hours: Decimal
    pairing_key: str
    view_ref: str


def attest(decision: Decision) -> Attestation:
    """What this decision, as it stands, lets a certificate say. Three queries, and two for an endorsing pairing."""
    proof = proof_of(decision)
    evidence = list(
        Evidence.objects.filter(pk__in=decision.evidence_ids).select_related("subject").order_by("id")
    )
    bound = view(definition_of(decision.scheme_version).view)
    profile, pairing_key = profile_of(decision.person), proof.endorsed_pairing() or ""
    snapshot = {
        "modules": _modules(proof, evidence),
        "axes": _axes(profile, bound),
        "left_out": [leaf_titles()[leaf] for leaf in bound.left_out],
        "period": _period(evidence),
        "transcript": transcript_record(evidence, profile, pairing_key),
    }
    hours = sum((row.hours for row in evidence), Decimal(0))
    return Attestation(snapshot, hours, pairing_key, bound.ref)


def _modules(proof: ProofNode, evidence: Iterable[Evidence]) -> list[dict[str, str]]:
    by_id = {str(row.pk): row for row in evidence}
    return [
        {
            "title": _title(node, by_id),
            "basis": EXEMPT if node.is_exempt else BASIS.get(node.kind, ""),
            "result": _result(node, by_id),
        }
        for node in proof.leaves()
        if node.met and node.kind in BASIS
    ]


def _title(node: ProofNode, by_id: dict[str, Evidence]) -> str:
    subject: Subject | None = next((by_id[key].subject for key in node.evidence if key in by_id), None)
    return subject.title if subject else node.title


def _result(node: ProofNode, by_id: dict[str, Evidence]) -> str:
    if node.kind in HOURS_KINDS:
        hours = sum((by_id[key].hours for key in node.evidence if key in by_id), Decimal(0))
        return f"{plain(hours)} 学时" if hours else "合格"
    if node.is_exempt:
        return "免修"
    if node.kind == "certificate" or node.have is None:
        return "合格"
    return plain(node.have)


def _axes(profile: Profile, bound: View) -> list[dict[str, str]]:
    """Each axis with the leaves it covers; an empty score is read as 证据不足."""
    standings = project(profile, bound)
    return [
        {
            "title": axis.title,
            "leaves": "、".join(leaf_titles()[leaf] for leaf in axis.leaves),
            "score": "" if standing.score is None else plain(standing.score),
        }
        for axis, standing in zip(bound.axes, standings, strict=True)
    ]


def _period(evidence: Iterable[Evidence]) -> list[str] | None:
    """First and last local day on which something was done, as ISO dates; None without evidence."""
    days: list[date] = sorted(timezone.localdate(row.occurred_at) for row in evidence)
    return [days[0].isoformat(), days[-1].isoformat()] if days else None
