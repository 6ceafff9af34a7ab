"""Pairings as the product makes them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mentoring.models import Pairing, SessionLog
from mentoring.pairings import Goal, start_pairing
from mentoring.sessions import confirm_session, write_session
from mentoring.standings import set_standing
from mentoring.terms import Method, Tier
from people.models import Organisation, Person, Role
from tests.factories import make_organisation, make_person

SHANGHAI = ZoneInfo("Asia/Shanghai")
STARTED_AT = datetime(2026, 7, 1, 9, 0, tzinfo=SHANGHAI)
GOALS = (Goal("EMP", 70, "入户先听后问"), Goal("DIG", 60, "能独立画出热力图"))
WORDS = "一起走访三号楼，他先听后问，离开前把话复述了一遍，目标达到了。"


def make_participant(
    tier: Tier, *, capacity: int = 0, name: str | None = None, organisation: Organisation | None = None
) -> Person:
    """A person with a standing."""
    person = make_person(name, organisation=organisation)
    set_standing(person=person, tier=tier, capacity=capacity, by=None, now=STARTED_AT)
    return person


def make_administrator(organisation: Organisation | None = None) -> Person:
    """An administrator of the district (or of `organisation`)."""
    return make_person(organisation=organisation, roles=(Role.ADMINISTRATOR,))


def make_pairing(agreement_no: str = "QL-2026-001", **fields: Any) -> Pairing:
    """A backbone worker who leads a new one since July, signed by an administrator of the district."""
    values: dict[str, Any] = {
        "since_on": date(2026, 7, 1),
        "goals": GOALS,
        "now": STARTED_AT,
        **fields,
    }
    values.setdefault("by", None)
    values["by"] = values["by"] or make_administrator(make_organisation())
    values["mentor"] = values.get("mentor") or make_participant(Tier.BACKBONE, capacity=8)
    values["mentee"] = values.get("mentee") or make_participant(Tier.NEW)
    return start_pairing(agreement_no=agreement_no, **values)


def make_session(
    pairing: Pairing, *, confirmed: bool = True, held_on: date = date(2026, 9, 10), by: Person | None = None
) -> SessionLog:
    """A session written by the mentor (or `by`) that evening, confirmed an hour later unless told otherwise."""
    writer = by or pairing.mentor
    other = pairing.mentee if writer == pairing.mentor else pairing.mentor
    evening = datetime(held_on.year, held_on.month, held_on.day, 20, tzinfo=SHANGHAI)
    session = write_session(
        pairing=pairing,
        key=uuid.uuid4(),
        held_on=held_on,
        minutes=90,
        method=Method.ON_SITE,
        text="一起走访三号楼二单元。",
        by=writer,
        now=evening,
    )
    if confirmed:
        session = confirm_session(session=session, by=other, now=evening.replace(hour=21))
    return session
