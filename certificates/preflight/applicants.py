"""The people of a batch with all that preflight must know of them, gathered in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from certificates import names
from certificates.models import Certificate, NameConfirmation
from certificates.queries import Revoked, certificates_held, certificates_revoked, with_record
from core.private_files import storage
from people.models import Account

if TYPE_CHECKING:
    from assessments.models import SchemeVersion


@dataclass(frozen=True)
class Applicant:
    """One person. `account` is None once it was erased; `asked` the newest question about the name that still counts;
    `held` the serial that keeps them from a second certificate; `follows` what the new one corrects or renews."""

    person_id: UUID
    account: Account | None
    asked: NameConfirmation | None = None
    held: str | None = None
    revoked: Revoked | None = None
    follows: Certificate | None = None

    @property
    def name(self) -> str:
        return self.account.name if self.account else ""

    @property
    def masked_id(self) -> str:
        identity = getattr(self.account, "identity", None)
        return identity.masked if identity else ""

    def photo_is_kept(self) -> bool:
        """Whether there is a portrait, and its file as well."""
        portrait = getattr(self.account, "portrait", None)
        return portrait is not None and storage().exists(portrait.path)


def gather(
    people: Iterable[UUID], *, scheme: SchemeVersion, follows: Mapping[UUID, Certificate], on: date
) -> list[Applicant]:
    """Everybody named, in that order. Five queries; two more where certificates are followed."""
    people = list(people)
    accounts = {
        account.person_id: account
        for account in Account.objects.filter(person__in=people).select_related("identity", "portrait")
    }
    asked = names.newest_confirmations(people, scheme.key)
    held = certificates_held(people, scheme.key, on=on)
    taken_back = certificates_revoked(people, scheme.key)
    for person_id, revoked in taken_back.items():
        if person_id in asked and asked[person_id].asked_at <= revoked.at:
            del asked[person_id]  # what was said before something went wrong is asked again
    followed = _with_events(follows)
    return [
        Applicant(
            person_id,
            accounts.get(person_id),
            asked.get(person_id),
            held.get(person_id),
            taken_back.get(person_id),
            followed.get(person_id),
        )
        for person_id in people
    ]


def _with_events(follows: Mapping[UUID, Certificate]) -> dict[UUID, Certificate]:
    """The certificates anew, as they stand now, by the person who is to follow them."""
    if not follows:
        return {}
    wanted = [certificate.pk for certificate in follows.values()]
    known = {row.pk: row for row in with_record(Certificate.objects.filter(pk__in=wanted))}
    return {person: known[row.pk] for person, row in follows.items() if row.pk in known}
