"""Cases as staff see them: those of their part of the tree, never about their own certificate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from certificates.authority import within_paths
from certificates.life.forms import CaseFilterForm
from certificates.life.timeline import CASE_TITLES
from certificates.models import CaseKind, CaseOutcome, CertificateCase
from people.models import Person

CHIPS = {
    "": "due",
    CaseOutcome.KEPT: "done",
    CaseOutcome.CORRECTED: "done",
    CaseOutcome.SUSPENDED: "doing",
    CaseOutcome.REVOKED: "revoked",
}


@dataclass(frozen=True)
class CaseLine:
    """One line of the list; `holder_name` is "" once it was erased."""

    case: CertificateCase
    serial: str
    holder_name: str
    scheme_title: str
    title: str

    @property
    def chip(self) -> str:
        return "plain" if self.was_withdrawn else CHIPS[self.case.outcome]

    @property
    def was_withdrawn(self) -> bool:
        """Whether the holder took the request back: nobody decided anything."""
        return (
            self.case.settled_by_id is not None and self.case.settled_by_id == self.case.certificate.person_id
        )


def cases_for(viewer: Person, paths: Sequence[str]) -> QuerySet[CertificateCase]:
    """Cases of certificates from the organisations below these tree paths that the viewer may decide."""
    within = within_paths("certificate__batch_row__batch__organisation__path", list(paths))
    return CertificateCase.objects.filter(within).exclude(certificate__person=viewer)


def count_open_cases(viewer: Person, paths: Sequence[str]) -> int:
    """How many wait for a decision. One query."""
    return cases_for(viewer, paths).filter(outcome="").count()


def filtered(cases: QuerySet[CertificateCase], *, state: str, kind: str) -> QuerySet[Any]:
    """Open ones (default), settled ones or all, of one kind or any: open first, the longest waiting first, then what
    was settled last."""
    if kind != CaseFilterForm.ANY:
        cases = cases.filter(kind=kind)
    if state == CaseFilterForm.SETTLED:
        return _with_lines(cases.exclude(outcome="")).order_by("-settled_at", "-pk")
    if state == CaseFilterForm.ALL:
        return _with_lines(cases).order_by(F("settled_at").desc(nulls_first=True), "opened_at", "pk")
    return _with_lines(cases.filter(outcome="")).order_by("opened_at", "pk")


def lines_of(cases: Iterable[CertificateCase]) -> list[CaseLine]:
    """Lines of what `filtered` gave. No query beyond its own."""
    return [
        CaseLine(
            case=case,
            serial=case.certificate.serial,
            holder_name=case.certificate.holder.printed_name if hasattr(case.certificate, "holder") else "",
            scheme_title=case.certificate.scheme_version.title,
            title=str(CASE_TITLES[CaseKind(case.kind)]),
        )
        for case in cases
    ]


def _with_lines(cases: QuerySet[CertificateCase]) -> QuerySet[Any]:
    record = cases.select_related("certificate__holder", "certificate__scheme_version")
    return record.defer("certificate__scheme_version__definition", "certificate__snapshot")
