"""The checks of a batch, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from assessments.considering import Considered
from assessments.models import SchemeVersion
from certificates.eligibility import consider_each_now
from certificates.models import BatchKind, Certificate
from certificates.preflight import entitlement, naming, photos, succession, texts
from certificates.preflight.applicants import Applicant, gather
from certificates.preflight.findings import Checked, Finding
from certificates.preflight.namesakes import namesakes
from certificates.press.theming import load_theme
from people.models import Person


@dataclass(frozen=True)
class Preflight:
    """The circumstances of a check: which scheme, who proposes, who approves (None: not known yet), when.

    `wording` are texts of the batch besides those of its scheme. `under_way`: titles of other batches by the people
    who stand in them; the row that takes its number does not ask, because then the certificate itself decides who was
    first. `follows`: what each person's new certificate corrects or renews, in a batch of that kind.
    """

    scheme: SchemeVersion
    proposer: Person
    approver: Person | None
    now: datetime
    wording: Sequence[str] = field(default=())
    under_way: Mapping[UUID, str] = field(default_factory=dict)
    kind: BatchKind = BatchKind.ISSUE
    follows: Mapping[UUID, Certificate] = field(default_factory=dict)
    theme: str = "standard"

    @property
    def on(self) -> date:
        return timezone.localdate(self.now)

    def check(self, people: Iterable[UUID]) -> dict[UUID, Checked]:
        """Check people, deciding each one anew. Nine queries, and one for each person with an endorsement."""
        people = list(people)
        considered = self._considered(people)
        applicants = gather(people, scheme=self.scheme, follows=self.follows, on=self.on)
        hints = namesakes(applicants)
        wording = texts.forbidden(self.scheme, theme=self.theme, more=self.wording)
        return {
            each.person_id: Checked(
                each.person_id,
                each.name,
                tuple(found for found in (*self._findings(each, considered), wording) if found),
                each.revoked.serial if each.revoked else "",
                hints.get(each.person_id, ()),
            )
            for each in applicants
        }

    def _considered(self, people: Iterable[UUID]) -> Mapping[UUID, Considered]:
        """A correction rests on the decision of the certificate it corrects; everything else is decided anew."""
        if self.kind == BatchKind.CORRECTION:
            return {}
        return consider_each_now(people, scheme=self.scheme)

    def _findings(self, each: Applicant, considered: Mapping[UUID, Considered]) -> list[Finding | None]:
        return [
            *self._entitled(each, considered.get(each.person_id)),
            naming.printable(each, theme=load_theme(self.theme)),
            photos.present(each, theme=load_theme(self.theme)),
            naming.confirmed(each, on=self.on),
            entitlement.under_way(self.under_way.get(each.person_id)),
            entitlement.separate(each, proposer=self.proposer, approver=self.approver),
        ]

    def _entitled(self, each: Applicant, considered: Considered | None) -> list[Finding | None]:
        if considered is None:
            return [succession.correctable(each, on=self.on)]
        renews = self.kind == BatchKind.RENEWAL
        return [
            entitlement.eligible(considered, scheme=self.scheme),
            succession.renewable(each, scheme=self.scheme, on=self.on, at=self.now) if renews else None,
            succession.duplicate(each, renews=renews),
            entitlement.pairing(considered),
        ]
