"""What the dashboard asks, in a number of queries that does not grow."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from mentoring.circles import Bond, Sessions, Side, circle_of
from mentoring.endorsements import endorse
from mentoring.models import Pairing
from mentoring.pairings import end_pairing
from mentoring.queries import (
    LineageNode,
    goals_of,
    lineage_of,
    mentees_of,
    pairing_by_agreement,
    pairing_of,
)
from mentoring.sessions import ask_change
from mentoring.terms import Judgement, PairingKind, PairingResult, Tier
from people.memberships import join
from people.models import Person
from tests.factories import make_organisation
from tests.mentoring.factories import (
    STARTED_AT,
    WORDS,
    make_administrator,
    make_pairing,
    make_participant,
    make_session,
)


def make_line(count: int = 1) -> tuple[Person, list[Pairing]]:
    """A mentor with `count` mentees, the first of them with two sessions."""
    district = make_organisation("QH")
    community = make_organisation("QH-0101", district, name="春晖里社区")
    administrator = make_administrator(district)
    mentor = make_participant(Tier.BACKBONE, capacity=8, name="沈静文", organisation=community)
    pairings = [
        make_pairing(
            f"QL-2026-{place:03d}",
            mentor=mentor,
            mentee=make_participant(Tier.NEW, name=f"徒弟{place}", organisation=community),
            by=administrator,
        )
        for place in range(count)
    ]
    make_session(pairings[0], held_on=date(2026, 9, 10))
    make_session(pairings[0], held_on=date(2026, 10, 22), confirmed=False)
    return mentor, pairings


def test_mentees_of_states_the_facts(db: Any, now: datetime) -> None:
    mentor, (pairing,) = make_line()
    (bond,) = mentees_of(mentor, at=now)
    assert bond == Bond(
        agreement_no="QL-2026-000",
        area="",
        since_on=date(2026, 7, 1),
        until_on=None,
        mentor=Side(mentor.pk, "沈静文", "春晖里社区", "", Tier.BACKBONE),
        mentee=Side(pairing.mentee_id, "徒弟0", "春晖里社区", "", Tier.NEW),
        sessions=Sessions(
            last_on=date(2026, 10, 22),
            confirmed=1,
            for_mentor=0,
            for_mentor_since_on=None,
            mentor_changes=0,
            mentor_changes_since_on=None,
            for_mentee=1,
            for_mentee_since_on=date(2026, 10, 22),
            mentee_changes=0,
            mentee_changes_since_on=None,
            words="一起走访三号楼二单元。",
            words_by_mentor=True,
        ),
        endorsed=False,
        capacity=8,
    )
    assert bond.next_session_by == date(2026, 11, 22)


def test_a_record_waits_for_the_side_that_did_not_write_it(db: Any, now: datetime) -> None:
    mentor, (pairing,) = make_line()
    make_session(pairing, held_on=date(2026, 11, 12), confirmed=False, by=pairing.mentee)
    asked = make_session(pairing, held_on=date(2026, 11, 19), confirmed=False)
    ask_change(session=asked, comment="时间不对", by=pairing.mentee, now=now)
    (bond,) = mentees_of(mentor, at=now)
    sessions = bond.sessions
    assert (sessions.for_mentor, sessions.for_mentor_since_on) == (1, date(2026, 11, 12))
    assert (sessions.mentor_changes, sessions.mentor_changes_since_on) == (1, date(2026, 11, 19))
    assert (sessions.mentee_changes, sessions.mentee_changes_since_on) == (0, None)
    assert (sessions.for_mentee, sessions.for_mentee_since_on) == (1, date(2026, 10, 22))


def test_the_first_session_is_due_a_week_after_the_agreement(db: Any, now: datetime, settings: Any) -> None:
    pairing = make_pairing(since_on=date(2026, 11, 18))
    assert circle_of(pairing.mentee, at=now).led_by[0].next_session_by == date(2026, 11, 25)
    make_session(pairing, held_on=date(2026, 11, 20))
    settings.MENTORING_SESSION_DAYS = 14
    assert circle_of(pairing.mentee, at=now).led_by[0].next_session_by == date(2026, 12, 4)


def test_goals_of_several_pairings_are_one_query(
    db: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    _mentor, pairings = make_line(3)
    with django_assert_num_queries(1):
        goals = goals_of(pairing.agreement_no for pairing in pairings)
    assert {number: [goal.leaf for goal in found] for number, found in goals.items()} == {
        f"QL-2026-{place:03d}": ["EMP", "DIG"] for place in range(3)
    }


def test_mentees_of_knows_a_standing_endorsement(db: Any, now: datetime) -> None:
    mentor, (pairing,) = make_line()
    goals = {goal.pk: Judgement.REACHED for goal in pairing.goals.all()}
    endorse(pairing=pairing, judgements=goals, text=WORDS, by=mentor, now=now)
    assert [mentee.endorsed for mentee in mentees_of(mentor, at=now)] == [True]
    doubt = dict.fromkeys(goals, Judgement.NOT_YET)
    endorse(pairing=pairing, judgements=doubt, text=WORDS, by=mentor, now=now)
    assert [mentee.endorsed for mentee in mentees_of(mentor, at=now)] == [False]


def test_mentees_of_forgets_an_ended_pairing(db: Any, now: datetime) -> None:
    mentor, (pairing,) = make_line()
    administrator = make_administrator()
    end_pairing(pairing=pairing, result=PairingResult.PASSED, by=administrator, now=now)
    assert mentees_of(mentor, at=now) == ()


@pytest.mark.parametrize("count", [1, 3])
def test_mentees_of_costs_one_query(
    db: Any, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    mentor, _pairings = make_line(count)
    with django_assert_num_queries(1):
        assert len(mentees_of(mentor, at=now)) == count


def test_lineage_stands_between_mentor_and_mentees(db: Any, now: datetime) -> None:
    mentor, (pairing,) = make_line()
    senior = make_participant(Tier.SENIOR, capacity=2, name="何建民")
    make_pairing("QL-2025-006", mentor=senior, mentee=mentor)
    mentee = LineageNode(pairing.mentee_id, "徒弟0", "新任，春晖里社区", "/mentoring/pairings/QL-2026-000/")
    me = LineageNode(mentor.pk, "沈静文", "骨干，春晖里社区", "", (mentee,))
    top = LineageNode(senior.pk, "何建民", "资深，组织QH", "/mentoring/pairings/QL-2025-006/", (me,))
    assert lineage_of(mentor, at=now) == (top,)


def test_lineage_shows_nobody_outside_the_viewers_own_pairings(db: Any, now: datetime) -> None:
    """A mentee sees the mentor, not the mentor's other mentees nor the mentor's own mentor."""
    mentor, pairings = make_line(3)
    make_pairing("QL-2025-006", mentor=make_participant(Tier.SENIOR, capacity=1), mentee=mentor)
    (top,) = lineage_of(pairings[0].mentee, at=now)
    assert (top.person_id, [child.person_id for child in top.children]) == (
        mentor.pk,
        [pairings[0].mentee_id],
    )


def test_lineage_of_someone_unpaired_is_empty(db: Any, now: datetime) -> None:
    assert lineage_of(make_participant(Tier.NEW), at=now) == ()


@pytest.mark.parametrize("count", [1, 3])
def test_lineage_costs_one_query(db: Any, now: datetime, count: int, django_assert_num_queries: Any) -> None:
    mentor, _pairings = make_line(count)
    with django_assert_num_queries(1):
        assert len(lineage_of(mentor, at=now)[0].children) == count


def test_lineage_follows_a_transfer(db: Any, now: datetime) -> None:
    mentor, (pairing,) = make_line()
    bridge = make_organisation("QH-0102", make_organisation("QH"), name="北桥社区")
    join(
        person=pairing.mentee,
        organisation=bridge,
        since_on=date(2026, 11, 1),
        by=None,
        now=now,
        post="网格员",
    )
    (me,) = lineage_of(mentor, at=now)
    assert me.children[0].note == "新任，北桥社区，网格员"


def test_pairing_by_agreement_finds_ended_ones(
    db: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    administrator = make_administrator()
    pairing = make_pairing(by=administrator)
    end_pairing(pairing=pairing, result=PairingResult.PASSED, by=administrator, now=now)
    with django_assert_num_queries(1):
        found = pairing_by_agreement("QL-2026-001")
        assert found is not None
        assert found.mentor.account.name
    assert found == pairing
    assert pairing_by_agreement("QL-2026-999") is None


def test_pairing_of_prefers_the_general_one(db: Any, now: datetime) -> None:
    special = make_pairing("QL-2026-001", kind=PairingKind.SPECIAL)
    general = make_pairing("QL-2026-002", mentee=special.mentee)
    assert pairing_of(special.mentee, at=now) == general


def test_pairing_of_answers_for_its_moment(db: Any, now: datetime) -> None:
    administrator = make_administrator()
    pairing = make_pairing(by=administrator)
    end_pairing(pairing=pairing, result=PairingResult.PASSED, by=administrator, now=now)
    assert pairing_of(pairing.mentee, at=now) is None
    assert pairing_of(pairing.mentee, at=STARTED_AT) == pairing
