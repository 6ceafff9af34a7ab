"""One person's record, put together from all rooms: what they did, what it shows, what it earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import decisions
from assessments.standings import SchemeStanding
from certificates import queries as certificates
from certificates.queries import HeldCertificate
from certificates.standing import HOLDING
from cms import timescale
from cms.addresses import address_of, nowhere
from competencies import framework, radar
from competencies.models import Evidence, EvidenceKind
from competencies.profile import Profile, profile_from, project
from competencies.queries import standing_evidence
from courses import queries as courses
from people.memberships import organisation_of
from people.models import Organisation, Person

RECENT = 20


@dataclass(frozen=True)
class Leaf:
    """One leaf as components/bars.html draws it: score 0..100, None without evidence."""

    title: str
    score: Decimal | None
    text: str = ""


@dataclass(frozen=True)
class EvidenceLine:
    """One row of the ledger as the page lists it; `score` is "12.5%", "" where nothing was scored. `url` leads to the
    debrief of a run, "" elsewhere."""

    row: Evidence
    score: str
    url: str = ""


@dataclass(frozen=True)
class Record:
    """Everything the record page shows."""

    person: Person
    name: str
    organisation: Organisation | None
    radar: radar.Radar
    left_out: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    trail: timescale.Timescale | None
    courses: Sequence[Any]
    standings: Sequence[SchemeStanding]
    certificates: Sequence[HeldCertificate]
    evidence: Sequence[EvidenceLine]
    hours: Any


def record_of(person: Person, *, at: datetime, own: bool) -> Record:
    """The record as it stands. `person.account` should be loaded; an erased person has no name.

    Only on one's `own` record do requirements lead to where they can be done.
    """
    ledger = standing_evidence([person])
    evidence = ledger[person.pk][::-1]
    account = getattr(person, "account", None)
    held = certificates.held_by(person, now=at)
    profile = profile_from(ledger[person.pk])
    standings = decisions.standings_over(ledger, address_of=address_of if own else nowhere, at=at)[person.pk]
    progress = courses.progress_of([person]).get(person.pk, ())
    begun = courses.minutes_left_of(progress)
    today = timezone.localdate(at)
    return Record(
        person=person,
        name=account.name if account else "",
        organisation=organisation_of(person, on=today),
        radar=draw_radar(profile),
        left_out=framework.view(framework.RADAR_VIEW).left_out,
        leaves=leaves_of(profile),
        trail=timescale.draw(map(_mark, evidence), until=today),
        courses=progress,
        standings=[standing.going_on_with(begun) for standing in still_to_earn(standings, held)],
        certificates=held,
        evidence=[EvidenceLine(row, percent_of(row), debrief_of(row)) for row in evidence[:RECENT]],
        hours=sum(row.hours for row in evidence),
    )


def still_to_earn(
    standings: Sequence[SchemeStanding], held: Sequence[HeldCertificate]
) -> list[SchemeStanding]:
    """The schemes whose certificate the person does not hold now."""
    keys = {line.certificate.scheme_version.key for line in held if line.standing in HOLDING}
    return [standing for standing in standings if standing.scheme_key not in keys]


def leaves_of(profile: Profile) -> tuple[Leaf, ...]:
    """Every leaf competency in the framework's order, those without evidence too."""
    return tuple(
        Leaf(title, profile[key].score, profile[key].figure) if key in profile else Leaf(title, None)
        for key, title in framework.leaf_titles().items()
    )


def debrief_of(row: Evidence) -> str:
    """Where a run in the ledger is looked back on; "" for evidence of anything else."""
    kind, _, run = row.source_key.partition(":")
    return reverse("simulations:debrief", args=[run.partition(":")[0]]) if kind == "playthrough" else ""


def percent_of(row: Evidence) -> str:
    """What was reached, as exactly as the ledger has it: "90.7%"; "" where nothing was scored."""
    return "" if row.score is None else f"{(row.score * 100).normalize() + 0:f}%"


def _mark(row: Evidence) -> timescale.Mark:
    """A line of the ledger on the time scale."""
    score = "" if row.score is None else _("score %(percent)s") % {"percent": percent_of(row)}
    return timescale.Mark(
        on=timezone.localdate(row.occurred_at),
        lane=row.get_kind_display(),
        title=row.subject.title,
        state="issued" if row.kind == EvidenceKind.CERTIFICATE else "met",
        words=score,
    )


def draw_radar(profile: Profile, view_ref: str = framework.RADAR_VIEW) -> radar.Radar:
    """A profile as the picture the components/radar.html template draws."""
    axes = project(profile, framework.view(view_ref))
    return radar.draw(radar.Axis(axis.title, axis.score) for axis in axes)
