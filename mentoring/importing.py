"""Pairings from a YAML file: agreements with their goals and sessions, as they were kept on paper.

pairings:
  - agreement_no: QL-2026-018
    mentor: "2014-0088"            staff numbers
    mentee: "2026-0417"
    tiers: [backbone, new]         checked against both standings
    area: 入户走访与台账
    since: 2026-07-01
    until: 2027-06-30              optional
    signed: {mentor: 2026-06-29, mentee: 2026-06-29, unit: 2026-06-30}
    goals: [{leaf: DIG, target: 60, text: …}]
    sessions: [{held_on: 2026-09-10, minutes: 90, method: 现场教学, text: …, written_by: mentor,
                confirmed_on: 2026-09-11}]       confirmed_on: null while the other side has not confirmed
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refusal
from mentoring.models import Pairing, SessionLog
from mentoring.pairings import Goal, Signatures, start_pairing
from mentoring.sessions import confirm_session, write_session
from mentoring.terms import Method, PairingStatus
from people.models import Person

METHODS = {
    "案例分析": Method.CASE,
    "布置作业": Method.ASSIGNMENT,
    "放手实践": Method.HANDS_ON,
    "现场教学": Method.ON_SITE,
    "情景模拟": Method.SIMULATION,
    "复盘提高": Method.REVIEW,
}
SESSION_KEYS = uuid.UUID("5f1c7d0a-6a0e-4f53-9d0e-3b1f0c1a2e18")
MORNING, EVENING, NIGHT = time(9), time(20), time(21)


@dataclass(frozen=True)
class Imported:
    """How many pairings and sessions of the file the database holds now, whether new or there before."""

    pairings: int
    sessions: int


@transaction.atomic
def import_pairings(path: Path, *, by: Person, now: datetime) -> Imported:
    """Record every pairing of the file at its own dates; running it twice changes nothing.

    Standings must be set before. Raises Refusal naming the agreement that does not read; then nothing is kept.
    """
    entries = _entries(path)
    sessions = 0
    for entry in entries:
        try:
            sessions += _import_one(entry, by=by, now=now)
        except (KeyError, TypeError, ValueError) as error:
            raise Refusal(
                _("%(entry)s: %(reason)s") % {"entry": _label(entry), "reason": repr(error)}
            ) from error
        except Refusal as refusal:
            message = _("%(entry)s: %(reason)s") % {"entry": _label(entry), "reason": refusal}
            raise Refusal(message, code=refusal.code) from refusal
    return Imported(len(entries), sessions)


def _entries(path: Path) -> list[Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Refusal(_("%(file)s is not YAML: %(reason)s") % {"file": path.name, "reason": error}) from error
    entries = document.get("pairings") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise Refusal(_("%(file)s has no list of pairings.") % {"file": path.name})
    return entries


def _import_one(entry: Mapping[str, Any], *, by: Person, now: datetime) -> int:
    mentor, mentee = _person(entry["mentor"]), _person(entry["mentee"])
    signed = entry["signed"]
    pairing = start_pairing(
        agreement_no=entry["agreement_no"],
        mentor=mentor,
        mentee=mentee,
        area=entry.get("area", ""),
        since_on=entry["since"],
        until_on=entry.get("until"),
        signed=Signatures(signed["mentor"], signed["mentee"], signed["unit"]),
        goals=[Goal(goal["leaf"], goal["target"], goal["text"]) for goal in entry["goals"]],
        by=by,
        now=_moment(entry["since"], MORNING, now),
    )
    if [pairing.mentor_tier, pairing.mentee_tier] != entry["tiers"]:
        raise Refusal(_("The tiers in the file are not those of the two people."), code="tier")
    meetings = entry.get("sessions", [])
    if pairing.status == PairingStatus.ACTIVE:
        for place, meeting in enumerate(meetings):
            _import_session(pairing, place, meeting, now=now)
    return len(meetings)


def _import_session(pairing: Pairing, place: int, meeting: Mapping[str, Any], *, now: datetime) -> SessionLog:
    writer, other = pairing.mentor, pairing.mentee
    if meeting["written_by"] == "mentee":
        writer, other = other, writer
    session = write_session(
        pairing=pairing,
        key=uuid.uuid5(SESSION_KEYS, f"{pairing.agreement_no}/{place}"),
        held_on=meeting["held_on"],
        minutes=meeting["minutes"],
        method=METHODS[meeting["method"]],
        text=meeting["text"],
        by=writer,
        now=_moment(meeting["held_on"], EVENING, now),
    )
    confirmed_on = meeting.get("confirmed_on")
    if confirmed_on is None:
        return session
    return confirm_session(session=session, by=other, now=_moment(confirmed_on, NIGHT, now))


def _person(staff_number: str) -> Person:
    person = Person.objects.filter(account__staff_number=staff_number).first()
    if person is None:
        raise Refusal(_("No account has the staff number %(number)s.") % {"number": staff_number})
    return person


def _moment(day: date, hour: time, now: datetime) -> datetime:
    """A plausible hour of that day, never after `now`."""
    return min(timezone.make_aware(datetime.combine(day, hour)), now)


def _label(entry: Any) -> str:
    return str(entry.get("agreement_no", "?")) if isinstance(entry, dict) else "?"
