"""Where a subject of the ledger leads, for pages that draw proofs without asking the ledger for its addresses."""

from __future__ import annotations

from django.urls import reverse

from competencies.models import SubjectKind

PAGES: dict[str, str] = {
    SubjectKind.COURSE: "courses:course",
    SubjectKind.EXAM: "assessments:exam",
    SubjectKind.SCENARIO: "simulations:scenario",
}


def address_of(kind: str, key: str) -> str:
    """The page on which something can be learned, played or sat; "" for everything else."""
    name = PAGES.get(kind)
    return reverse(name, args=[key]) if name else ""


def nowhere(kind: str, key: str) -> str:
    """For readers who cannot do it themselves: a mentor beside a mentee's proof."""
    return ""
