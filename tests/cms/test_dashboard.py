"""The mentor's evening: who needs what, in a constant number of queries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.mentoring.dashboard import dashboard_of
from courses.enrolments import enrol
from mentoring.endorsements import endorse
from mentoring.models import Pairing
from mentoring.terms import Judgement, Tier
from people.models import Person
from tests.certificates.making import NOW, give_evidence, make_scheme
from tests.courses.factories import release
from tests.factories import make_person
from tests.mentoring.factories import WORDS, make_administrator, make_pairing, make_participant, make_session

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 11, 21)


@pytest.fixture
def mentor() -> Person:
    return make_participant(Tier.BACKBONE, capacity=8)


def lead(mentor: Person, number: int, **fields: Any) -> Pairing:
    """Another mentee of this mentor."""
    return make_pairing(f"QL-2026-{number:03d}", mentor=mentor, **fields)


def actions(mentor: Person) -> list[tuple[str, bool]]:
    """What the mentor is asked to do, urgent or not."""
    return [(task.url.split("/", 3)[3], task.urgent) for task in dashboard_of(mentor, at=NOW).tasks]


@pytest.mark.postgres
def test_dashboard_takes_as_many_queries_at_three_mentees_as_at_one(login: Any, mentor: Person) -> None:
    make_scheme()
    release("lift", now=NOW - timedelta(days=7))
    administrator = make_administrator()
    client, counts = login(mentor), []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            pairing = lead(mentor, number, by=administrator)
            make_session(pairing, confirmed=number != 2)
            enrol(person=pairing.mentee, course_key="lift", now=NOW)
            give_evidence(pairing.mentee)
        counts.append(queries(client))
    assert counts == [15, 15]


def queries(client: Client) -> int:
    """Session and user counted; what is cached for everybody is warm."""
    client.get("/mentoring/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/mentoring/").status_code == 200
    return len(captured)


def test_long_silence_is_urgent(mentor: Person) -> None:
    pairing = lead(mentor, 1)
    make_session(pairing, held_on=date(2026, 11, 11), confirmed=False)
    number = pairing.agreement_no
    assert actions(mentor) == [(f"{number}/sessions/new/", True), (f"{number}/", False)]


def test_ten_days_are_no_silence(mentor: Person) -> None:
    make_session(lead(mentor, 1), held_on=date(2026, 11, 12), confirmed=False)
    assert actions(mentor) == [("QL-2026-001/", False)]


def test_confirmed_session_without_judgement_asks_for_it_until_it_is_there(mentor: Person) -> None:
    pairing = lead(mentor, 1)
    make_session(pairing, held_on=YESTERDAY)
    assert actions(mentor) == [("QL-2026-001/endorse/", False)]
    judged = {goal.pk: Judgement.REACHED for goal in pairing.goals.all()}
    endorse(pairing=pairing, judgements=judged, text=WORDS, by=mentor, now=NOW)
    assert actions(mentor) == []


def test_card_says_where_somebody_is(login: Any, mentor: Person) -> None:
    pairing = lead(mentor, 1)
    make_session(pairing, held_on=YESTERDAY)
    release("lift", now=NOW - timedelta(days=7))
    enrol(person=pairing.mentee, course_key="lift", now=NOW)
    (card,) = dashboard_of(mentor, at=NOW).cards
    assert (card.place, card.state) == ("正在学《加装电梯》：课 lesson-1", "doing")
    page = login(mentor).get("/mentoring/").content.decode()
    assert f'href="/people/{pairing.mentee_id}/"' in page


def test_card_of_somebody_who_meets_everything_is_done(mentor: Person) -> None:
    pairing = lead(mentor, 1)
    make_scheme()
    give_evidence(pairing.mentee)
    (card,) = dashboard_of(mentor, at=NOW).cards
    assert (card.state, card.done, card.total) == ("done", 2, 2)


def test_somebody_who_leads_nobody_reads_how_it_begins(login: Any) -> None:
    response = login(make_person()).get("/mentoring/")
    assert response.status_code == 200
    assert "你现在没有带徒弟" in response.content.decode()
