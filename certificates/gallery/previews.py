"""How a theme looks before anything is issued: with somebody made up, with the longest of everything, or with a real
person of the viewer's own scope. Nothing is numbered and nobody else's data is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from assessments.models import Decision, SchemeVersion
from certificates.authority import issuing_paths, within_paths
from certificates.gallery.shelf import Marks, marks_for, pictures_of
from certificates.gallery.sitters import PLAIN, WORST, sitter, stand_in_photo
from certificates.models import CertificateBatch, Issuer
from certificates.numbering import sample_of
from certificates.press import Order
from certificates.press.theming import load_theme
from certificates.printing import Printable, order_of
from people.models import Membership, Person

MOST_CANDIDATES = 60


@dataclass(frozen=True)
class Candidate:
    """Somebody who met a scheme and can sit for a preview; `value` names both in an address."""

    scheme_key: str
    scheme_title: str
    person_id: UUID
    name: str
    staff_number: str

    @property
    def value(self) -> str:
        return f"{self.scheme_key}:{self.person_id}"


def candidates_for(viewer: Person, *, on: date, value: str = "") -> list[Candidate]:
    """People of the viewer's scope who met a scheme at the last decision, by scheme and staff number, the first
    MOST_CANDIDATES; with `value` only the one it names. Two queries, none for a value that names nobody."""
    found = Decision.objects.filter(met=True, scheme_version__in=SchemeVersion.objects.newest())
    if value:
        scheme_key, _colon, person = value.rpartition(":")
        try:
            found = found.filter(scheme_version__key=scheme_key, person=UUID(person))
        except ValueError:
            return []
    last = Decision.objects.filter(person=OuterRef("person"), scheme_version=OuterRef("scheme_version"))
    members = Membership.objects.active(on=on).filter(
        within_paths("organisation__path", issuing_paths(viewer, on=on))
    )
    rows = found.filter(
        pk=Subquery(last.order_by("-pk").values("pk")[:1]),
        person__in=members.values("person"),
        person__account__isnull=False,
    ).order_by("scheme_version__title", "person__account__staff_number")
    facts = rows.values_list(
        "scheme_version__key",
        "scheme_version__title",
        "person",
        "person__account__name",
        "person__account__staff_number",
    )
    return [Candidate(*each) for each in facts[:MOST_CANDIDATES]]


def by_scheme(candidates: list[Candidate]) -> list[tuple[str, list[Candidate]]]:
    """Candidates under the titles of their schemes."""
    return [(title, list(found)) for title, found in groupby(candidates, lambda each: each.scheme_title)]


def preview_order(value: str, *, issuer: Issuer, theme: str, viewer: Person, now: datetime) -> Order | None:
    """The order for a preview: `value` is PLAIN, WORST or a Candidate's. None when it names nobody in scope."""
    if value in (PLAIN, WORST):
        return order_of(
            _dressed(sitter(value, issuer=issuer, theme=theme, now=now), marks_for(issuer, theme))
        )
    found = candidates_for(viewer, on=timezone.localdate(now), value=value) if ":" in value else []
    if not found:
        return None
    version = SchemeVersion.objects.newest().get(key=found[0].scheme_key)
    batch = CertificateBatch(scheme_version=version, issuer=issuer, theme=theme)
    return order_of(_with_photo(sample_of(batch, Person(pk=found[0].person_id), now=now)))


def _dressed(printable: Printable, marks: Marks) -> Printable:
    """A made-up person's certificate with the issuer's own marks."""
    printable.certificate.snapshot["marks"] = marks.record
    printable.holder.signer_name = marks.signer_name
    return _with_photo(printable)


def _with_photo(printable: Printable) -> Printable:
    """With a passport picture of nobody, where the theme shows one and there is none."""
    pictures = pictures_of(printable.certificate, printable.holder)
    if load_theme(printable.certificate.theme).photo != "none":
        pictures.setdefault("photo.jpg", stand_in_photo())
    return replace(printable, pictures=pictures)
