"""A pairing's start, end and the rules between them."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction

from competencies.models import Subject
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from mentoring.models import SIGNATURES, MentorStanding, Pairing
from mentoring.pairings import Goal, Signatures, end_pairing
from mentoring.standings import set_standing
from mentoring.terms import (
    MAY_LEAD,
    PAIRING_STEPS,
    RESULTS,
    SESSION_STEPS,
    PairingKind,
    PairingResult,
    PairingStatus,
    SessionStatus,
    Tier,
)
from people.models import Notice, ScopeGrant
from people.scope import can_see
from tests.factories import make_organisation, make_person
from tests.mentoring.factories import (
    GOALS,
    STARTED_AT,
    make_administrator,
    make_pairing,
    make_participant,
)


def test_transitions_cover_every_state() -> None:
    assert set(PAIRING_STEPS) == set(PairingStatus)
    assert set(RESULTS) == set(PairingStatus)
    assert set(SESSION_STEPS) == set(SessionStatus)
    assert set(MAY_LEAD) == set(Tier)


def test_every_result_belongs_to_one_ending() -> None:
    carried = [result for results in RESULTS.values() for result in results]
    assert sorted(carried) == sorted(PairingResult)


def test_endings_are_terminal() -> None:
    ends = {status for status, nexts in PAIRING_STEPS.items() if not nexts}
    assert ends == {PairingStatus.COMPLETED, PairingStatus.DISSOLVED}


def test_tiers_allow_no_circle() -> None:
    """Follow the rule downward from every tier: it must come to an end."""
    for tier in Tier:
        seen = [tier]
        while MAY_LEAD[seen[-1]]:
            (below,) = MAY_LEAD[seen[-1]]
            assert below not in seen
            seen.append(below)


def test_start_pairing_writes_the_agreement_whole(db: Any) -> None:
    pairing = make_pairing("QL-2026-018", area="入户走访与台账", until_on=date(2027, 6, 30))
    pairing.refresh_from_db()
    signed = [getattr(pairing, field) for field in SIGNATURES]
    assert (pairing.status, pairing.mentor_tier, pairing.mentee_tier) == ("active", "backbone", "new")
    assert signed == [date(2026, 7, 1)] * 3
    assert [(goal.leaf, goal.target) for goal in pairing.goals.order_by("pk")] == [("EMP", 70), ("DIG", 60)]
    subject = Subject.objects.get(kind="pairing", key="QL-2026-018")
    assert subject.title == "师徒结对 QL-2026-018"
    assert subject.url == "/mentoring/pairings/QL-2026-018/"


def test_start_pairing_leaves_one_audit_entry(db: Any) -> None:
    administrator = make_administrator()
    make_pairing(by=administrator)
    (entry,) = AuditEntry.objects.filter(action="pairing.started")
    assert (entry.actor, entry.target) == (str(administrator.pk), "mentoring.pairing:QL-2026-001")


def test_start_pairing_tells_both_sides(db: Any) -> None:
    mentor = make_participant(Tier.BACKBONE, capacity=1, name="沈静文")
    mentee = make_participant(Tier.NEW, name="林小满")
    make_pairing(mentor=mentor, mentee=mentee)
    assert [notice.title for notice in mentor.notices.all()] == ["你与林小满结为师徒"]
    assert [notice.title for notice in mentee.notices.all()] == ["你与沈静文结为师徒"]


def test_start_pairing_twice_is_once(db: Any) -> None:
    administrator = make_administrator()
    first = make_pairing(by=administrator)
    again = make_pairing(by=administrator, mentor=first.mentor, mentee=first.mentee)
    assert again == first
    assert Pairing.objects.count() == 1
    assert ScopeGrant.objects.count() == 1
    assert Notice.objects.count() == 2
    assert AuditEntry.objects.filter(action="pairing.started").count() == 1


def test_agreement_number_of_another_pairing_is_refused(db: Any) -> None:
    make_pairing("QL-2026-001")
    with pytest.raises(Refusal) as refused:
        make_pairing("QL-2026-001")
    assert refused.value.code == "taken"


def test_mentor_sees_mentee_while_paired(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    assert can_see(pairing.mentor, pairing.mentee, at=now)
    assert not can_see(pairing.mentee, pairing.mentor, at=now)
    assert not can_see(pairing.mentor, pairing.mentee, at=STARTED_AT - timedelta(seconds=1))


def test_end_pairing_ends_access_at_once(db: Any, now: datetime) -> None:
    administrator = make_administrator()
    pairing = make_pairing(by=administrator)
    ended = end_pairing(pairing=pairing, result=PairingResult.PASSED, by=administrator, now=now)
    assert (ended.status, ended.result, ended.ended_at) == ("completed", "passed", now)
    assert not can_see(pairing.mentor, pairing.mentee, at=now)
    assert not Pairing.objects.visible_to(pairing.mentor, at=now).exists()
    assert Pairing.objects.visible_to(pairing.mentee, at=now).exists()


def test_end_pairing_twice_is_once(db: Any, now: datetime) -> None:
    administrator = make_administrator()
    pairing = make_pairing(by=administrator)
    end_pairing(pairing=pairing, result=PairingResult.PASSED, by=administrator, now=now)
    again = end_pairing(
        pairing=pairing, result=PairingResult.PASSED, by=administrator, now=now + timedelta(days=1)
    )
    assert again.ended_at == now
    assert AuditEntry.objects.filter(action="pairing.ended").count() == 1


def test_ended_pairing_takes_no_other_result(db: Any, now: datetime) -> None:
    administrator = make_administrator()
    pairing = make_pairing(by=administrator)
    end_pairing(pairing=pairing, result=PairingResult.DISSOLVED, by=administrator, now=now)
    with pytest.raises(Refusal) as refused:
        end_pairing(pairing=pairing, result=PairingResult.EXCELLENT, by=administrator, now=now)
    assert refused.value.code == "ended"


def test_end_of_one_pairing_leaves_another_standing(db: Any, now: datetime) -> None:
    """The same two people may have a general and a special agreement: ending one ends one."""
    administrator = make_administrator()
    general = make_pairing("QL-2026-001", by=administrator)
    people = {"mentor": general.mentor, "mentee": general.mentee}
    make_pairing("QL-2026-002", by=administrator, kind=PairingKind.SPECIAL, **people)
    end_pairing(pairing=general, result=PairingResult.PASSED, by=administrator, now=now)
    assert can_see(general.mentor, general.mentee, at=now)
    seen = Pairing.objects.visible_to(general.mentor, at=now).values_list("agreement_no", flat=True)
    assert list(seen) == ["QL-2026-002"]


@pytest.mark.parametrize(
    ("mentor_tier", "mentee_tier"),
    [
        (mentor, mentee)
        for mentor in Tier
        for mentee in Tier
        if (mentor, mentee) not in {(Tier.SENIOR, Tier.BACKBONE), (Tier.BACKBONE, Tier.NEW)}
    ],
)
def test_start_pairing_outside_the_tier_rule_is_refused(
    db: Any, mentor_tier: Tier, mentee_tier: Tier
) -> None:
    mentor = make_participant(mentor_tier, capacity=5)
    mentee = make_participant(mentee_tier)
    with pytest.raises(Refusal) as refused:
        make_pairing(mentor=mentor, mentee=mentee)
    assert refused.value.code == "tier"


def test_start_pairing_with_oneself_is_refused(db: Any) -> None:
    person = make_participant(Tier.BACKBONE, capacity=5)
    with pytest.raises(Refusal) as refused:
        make_pairing(mentor=person, mentee=person)
    assert refused.value.code == "tier"


def test_pairing_with_oneself_is_refused_by_the_database(db: Any) -> None:
    pairing = make_pairing()
    with pytest.raises(IntegrityError, match="mentor_not_mentee"), transaction.atomic():
        Pairing.objects.filter(pk=pairing.pk).update(mentee=pairing.mentor)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("next_tier_down", {"mentor_tier": "senior", "mentee_tier": "new"}),
        ("active_is_signed", {"unit_signed_on": None}),
        ("result_fits_status", {"result": "passed"}),
        ("result_fits_status", {"status": "dissolved", "result": "passed", "ended_at": STARTED_AT}),
        ("ended_has_a_time", {"status": "completed", "result": "passed"}),
        ("since_on_before_until_on", {"until_on": date(2026, 6, 30)}),
        ("started_at_before_ended_at", {"ended_at": STARTED_AT - timedelta(days=1)}),
        ("status_known", {"status": "paused"}),
    ],
)
def test_broken_pairing_is_refused_by_the_database(db: Any, constraint: str, fields: dict[str, Any]) -> None:
    pairing = make_pairing()
    # SQLite names the first constraint that fails; a row may break two.
    with pytest.raises(IntegrityError, match="mentoring_pairing_"), transaction.atomic():
        Pairing.objects.filter(pk=pairing.pk).update(**fields)
    names = {c.name for c in Pairing._meta.constraints}
    assert f"mentoring_pairing_{constraint}" in names


def test_second_active_pairing_of_a_kind_is_refused(db: Any) -> None:
    first = make_pairing("QL-2026-001")
    with pytest.raises(Refusal) as refused:
        make_pairing("QL-2026-002", mentee=first.mentee)
    assert refused.value.code == "already_paired"


def test_second_active_pairing_of_a_kind_is_refused_by_the_database(db: Any) -> None:
    first, second = make_pairing("QL-2026-001"), make_pairing("QL-2026-002")
    with pytest.raises(IntegrityError, match="mentee"), transaction.atomic():
        Pairing.objects.filter(pk=second.pk).update(mentee=first.mentee)


def test_mentee_may_be_paired_again_after_the_end(db: Any, now: datetime) -> None:
    administrator = make_administrator()
    first = make_pairing("QL-2026-001", by=administrator)
    end_pairing(pairing=first, result=PairingResult.EXTENDED, by=administrator, now=now)
    second = make_pairing("QL-2026-002", by=administrator, mentor=first.mentor, mentee=first.mentee, now=now)
    assert second.status == PairingStatus.ACTIVE


def test_capacity_is_never_exceeded(db: Any) -> None:
    mentor = make_participant(Tier.BACKBONE, capacity=1)
    make_pairing("QL-2026-001", mentor=mentor)
    with pytest.raises(Refusal) as refused:
        make_pairing("QL-2026-002", mentor=mentor)
    assert refused.value.code == "capacity"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_capacity_holds_when_many_start_at_once() -> None:
    """Twelve administrators' clicks at one moment, three places: three pairings, nine refusals."""
    administrator = make_administrator()
    mentor = make_participant(Tier.BACKBONE, capacity=3)
    mentees = [make_participant(Tier.NEW) for _ in range(12)]
    gate, outcomes = threading.Barrier(12), []

    def start(place: int) -> None:
        close_old_connections()
        gate.wait()
        try:
            make_pairing(f"QL-2026-{place:03d}", mentor=mentor, mentee=mentees[place], by=administrator)
            outcomes.append("started")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    _run(start, 12)
    assert sorted(outcomes) == ["capacity"] * 9 + ["started"] * 3
    assert Pairing.objects.active().filter(mentor=mentor).count() == 3
    assert ScopeGrant.objects.filter(viewer=mentor, until_at=None).count() == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_mentee_is_paired_once_when_mentors_race() -> None:
    administrator = make_administrator()
    mentors = [make_participant(Tier.BACKBONE, capacity=1) for _ in range(6)]
    mentee = make_participant(Tier.NEW)
    gate, outcomes = threading.Barrier(6), []

    def start(place: int) -> None:
        close_old_connections()
        gate.wait()
        try:
            make_pairing(f"QL-2026-{place:03d}", mentor=mentors[place], mentee=mentee, by=administrator)
            outcomes.append("started")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    _run(start, 6)
    assert sorted(outcomes) == ["already_paired"] * 5 + ["started"]


def _run(target: Any, count: int) -> None:
    threads = [threading.Thread(target=target, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("who", ["mentor", "mentee", "elsewhere", "nobody"])
def test_only_the_mentees_administrator_signs_for_the_unit(db: Any, who: str) -> None:
    district = make_organisation("QH")
    north, south = make_organisation("QH-01", district), make_organisation("QH-02", district)
    mentor = make_participant(Tier.BACKBONE, capacity=1, organisation=south)
    mentee = make_participant(Tier.NEW, organisation=north)
    by = {
        "mentor": mentor,
        "mentee": mentee,
        "elsewhere": make_administrator(south),
        "nobody": make_person(organisation=north),
    }[who]
    with pytest.raises(NotAllowed):
        make_pairing(mentor=mentor, mentee=mentee, by=by)
    assert Pairing.objects.count() == 0


def test_administrator_of_the_mentees_subtree_signs(db: Any) -> None:
    district = make_organisation("QH")
    street = make_organisation("QH-01", district)
    community = make_organisation("QH-0101", street)
    mentee = make_participant(Tier.NEW, organisation=community)
    pairing = make_pairing(mentee=mentee, by=make_administrator(street))
    assert pairing.status == PairingStatus.ACTIVE


def test_only_the_mentees_administrator_ends(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    for by in (pairing.mentor, pairing.mentee):
        with pytest.raises(NotAllowed):
            end_pairing(pairing=pairing, result=PairingResult.PASSED, by=by, now=now)
    assert can_see(pairing.mentor, pairing.mentee, at=now)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"agreement_no": "a/b"}, "number"),
        ({"agreement_no": ""}, "number"),
        ({"goals": ()}, "goals"),
        ({"goals": (Goal("XYZ", 60, "写"),)}, "goals"),
        ({"goals": (Goal("DIG", 101, "写"),)}, "goals"),
        ({"goals": (Goal("DIG", 60, " "),)}, "goals"),
        ({"signed": Signatures(date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 1))}, "signature"),
    ],
)
def test_agreement_that_does_not_hold_is_refused(db: Any, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        make_pairing(**{"agreement_no": "QL-2026-001", "goals": GOALS, **fields})
    assert refused.value.code == code
    assert Pairing.objects.count() == 0


def test_person_without_standing_cannot_be_paired(db: Any) -> None:
    with pytest.raises(Refusal) as refused:
        make_pairing(mentee=make_person())
    assert refused.value.code == "standing"


def test_tier_cannot_change_while_a_pairing_rests_on_it(db: Any, now: datetime) -> None:
    """Otherwise a promoted mentee could lead their own mentor: a circle."""
    pairing = make_pairing()
    for person in (pairing.mentor, pairing.mentee):
        with pytest.raises(Refusal):
            set_standing(person=person, tier=Tier.SENIOR, capacity=8, by=None, now=now)


def test_capacity_cannot_fall_below_those_led(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    with pytest.raises(Refusal):
        set_standing(person=pairing.mentor, tier=Tier.BACKBONE, capacity=0, by=None, now=now)
    assert MentorStanding.objects.get(person=pairing.mentor).capacity == 8


def test_standing_is_set_by_an_administrator_in_scope_only(db: Any, now: datetime) -> None:
    person = make_participant(Tier.NEW)
    with pytest.raises(NotAllowed):
        set_standing(person=person, tier=Tier.BACKBONE, capacity=2, by=make_person(), now=now)
    standing = set_standing(person=person, tier=Tier.BACKBONE, capacity=2, by=make_administrator(), now=now)
    assert (standing.tier, standing.capacity) == ("backbone", 2)
