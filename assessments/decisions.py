"""1+N decisions over the evidence ledger: computed at any time, recorded when they change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from assessments import deciding
from assessments.considering import (
    Considered,
    consider,
    consider_each,
    consider_evidence,
    consider_versions,
)
from assessments.deciding import ProofNode
from assessments.models import Decision, Reconsideration, SchemeVersion
from assessments.schemes.releasing import definition_of, newest_scheme
from assessments.schemes.wording import age_note
from assessments.standings import AddressOf, SchemeStanding, standings_by_person, standings_of
from competencies.models import Evidence
from competencies.queries import StandingEvidence
from core.hashing import content_hash
from people.models import Person
from people.notices import send_notice


def standing(person: Person, *, at: datetime | None = None) -> tuple[SchemeStanding, ...]:
    """The person's standing in every released scheme, by title, for pages. Computed, stored nowhere. 3 queries."""
    return standings_of(consider(person, at=at))


def standings(
    people: Iterable[Person], *, at: datetime | None = None
) -> dict[UUID, tuple[SchemeStanding, ...]]:
    """The same for several people, by person id: a mentor's mentees. Three queries, however many they are."""
    return standings_by_person(consider_each(people, at=at))


def standings_over(
    evidence: StandingEvidence, *, address_of: AddressOf, at: datetime | None = None
) -> dict[UUID, tuple[SchemeStanding, ...]]:
    """The same over evidence the page has read already, for a caller that knows the addresses. One query."""
    return standings_by_person(consider_evidence(evidence, at=at), address_of=address_of)


def decide(*, person: Person, scheme_key: str, now: datetime) -> Decision:
    """Decide now and record it when outcome or proof changed; otherwise the newest recorded decision.

    Raises Refusal for an unknown scheme.
    """
    version = newest_scheme(scheme_key)
    with transaction.atomic():
        _lock(person)
        return _record(person, consider_versions(person, [version], at=now)[0], now)


def reconsider(*, person: Person, now: datetime) -> tuple[Decision, ...]:
    """Decide every scheme; the decisions that stand now. Tells the person once when a scheme becomes met.

    Idempotent: the same evidence and schemes give the same rows.
    """
    with transaction.atomic():
        _lock(person)
        newest = SchemeVersion.objects.order_by("-pk").first()
        seen = Evidence.objects.of(person).count()
        decisions = tuple(_record(person, each, now) for each in consider(person, at=now))
        for decision in decisions:
            if decision.met:
                _tell(person, decision, now)
        Reconsideration.objects.update_or_create(
            person=person, defaults={"evidence_count": seen, "newest_scheme": newest}
        )
    return decisions


def people_to_reconsider() -> list[UUID]:
    """Ids of people with evidence, or facing schemes, that their decisions have not taken in. Two queries.

    Counts the whole ledger: linear in its rows, served by the index on (person, kind).
    """
    newest = SchemeVersion.objects.aggregate(newest=Max("pk"))["newest"]
    taken_in = Reconsideration.objects.filter(person=OuterRef("person"), newest_scheme=newest)
    ledger = Evidence.objects.order_by().values("person").annotate(rows=Count("pk"))
    behind = ledger.annotate(seen=Coalesce(Subquery(taken_in.values("evidence_count")), 0)).exclude(
        rows=F("seen")
    )
    return list(behind.values_list("person", flat=True))


def _lock(person: Person) -> None:
    """Two decisions about one person wait for each other, so that neither is recorded twice."""
    Person.objects.select_for_update().get(pk=person.pk)


def _record(person: Person, considered: Considered, now: datetime) -> Decision:
    version, digest = considered.version, proof_hash(considered.version, considered.decision)
    newest = Decision.objects.filter(person=person, scheme_version__key=version.key).order_by("-pk").first()
    if newest and newest.content_hash == digest and newest.scheme_version_id == version.pk:
        return newest
    decision = Decision.objects.create(
        person=person,
        scheme_version=version,
        met=considered.decision.met,
        proof=considered.decision.as_json(),
        evidence_ids=[int(each) for each in considered.decision.tree.cited()],
        content_hash=digest,
        decided_at=now,
    )
    if newest and _lost_by_age(newest, considered):
        _tell_lapsed(person, decision, considered.decision.tree, now)
    return decision


def proof_hash(version: SchemeVersion, proof: deciding.Decision) -> str:
    """What tells one outcome of a scheme version from another."""
    return content_hash({"scheme": version.content_hash, "proof": proof.as_json()})


def _lost_by_age(before: Decision, considered: Considered) -> bool:
    """Whether the same version over the evidence of now would still be met, had no time passed."""
    version = considered.version
    if not before.met or considered.decision.met or before.scheme_version_id != version.pk:
        return False
    then = consider_versions(Person(pk=before.person_id), [version], at=before.decided_at)
    return definition_of(version).has_ages and then[0].decision.met


def _tell_lapsed(person: Person, decision: Decision, tree: ProofNode, now: datetime) -> None:
    """Quietly, once for this decision: a certificate that was issued stays what it is."""
    with translation.override(settings.LANGUAGE_CODE):
        lost = [
            _("%(rule)s (%(why)s)") % {"rule": node.title, "why": age_note(node)}
            for node in tree.leaves()
            if node.too_old
        ]
        send_notice(
            recipient=person,
            title=_("Something has grown too old for %(title)s") % {"title": decision.scheme_version.title},
            body=_("%(lost)s. Certificates you hold stay as they are; for a new one, do this once more.")
            % {"lost": _(", ").join(lost)},
            url="/me/",
            source_key=f"scheme-lapsed:{decision.pk}",
            now=now,
        )


def _tell(person: Person, decision: Decision, now: datetime) -> None:
    version = decision.scheme_version
    with translation.override(settings.LANGUAGE_CODE):
        send_notice(
            recipient=person,
            title=_("You can apply for a certificate: %(title)s") % {"title": version.title},
            body=_("Everything the scheme asks for is there. Your administrator proposes the certificate."),
            url="/me/",
            source_key=f"scheme-met:{version.key}:{person.pk}",
            now=now,
        )
