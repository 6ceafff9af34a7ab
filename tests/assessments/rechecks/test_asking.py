"""成绩复核: asked once, in time, by the candidate; decided by an administrator; never by whoever marked it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.attempts import start_attempt
from assessments.inquiries.findings import answer_objection, object_to, record_finding
from assessments.models import RECHECK_TRANSITIONS, Attempt, Recheck, RecheckStatus, Verdict
from assessments.rechecks.asking import ask_recheck, grant_recheck, markers_to_choose, refuse_recheck
from assessments.rechecks.boards import block_of
from assessments.rechecks.markers import markers_for
from assessments.rechecks.terms import period_of
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.once import new_key
from people.grants import open_grant
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.rechecks.making import REPLY, WORDS, make_granted, make_marked, make_recheck
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def refused(operation: Any, **said: Any) -> str:
    """The code of a refusal."""
    with pytest.raises(Refusal) as raised:
        operation(**said)
    return raised.value.code


def actions() -> list[str]:
    return list(
        AuditEntry.objects.filter(action__startswith="recheck.")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def titles(person: Person) -> list[str]:
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("title", flat=True))


def test_every_status_has_its_steps() -> None:
    assert set(RECHECK_TRANSITIONS) == set(RecheckStatus)


def test_candidate_asks_and_the_administrators_are_told(
    attempt: Attempt, admin: Person, now: datetime
) -> None:
    recheck = make_recheck(attempt, now=now)
    assert (recheck.status, recheck.text, recheck.result.number) == (RecheckStatus.ASKED, WORDS, 2)
    assert actions() == ["recheck.asked"]
    assert titles(admin) == ["有人申请成绩复核：考试base"]


def test_asking_again_gives_the_first(attempt: Attempt, admin: Person, now: datetime) -> None:
    first = make_recheck(attempt, now=now)
    again = ask_recheck(attempt=attempt, text="换一种说法再问", by=attempt.person, now=now)
    assert (again.pk, again.text) == (first.pk, WORDS)
    assert (actions(), len(titles(admin))) == (["recheck.asked"], 1)


def test_asking_again_after_the_last_day_gives_the_first(attempt: Attempt, now: datetime) -> None:
    first = make_recheck(attempt, now=now)
    late = now + timedelta(days=90)
    assert ask_recheck(attempt=attempt, text="", by=attempt.person, now=late).pk == first.pk


@pytest.mark.parametrize(("days", "code"), [(0, ""), (7, ""), (8, "late")])
def test_request_comes_within_a_week_of_the_result(
    days: int, code: str, attempt: Attempt, now: datetime
) -> None:
    at = now + timedelta(days=days)
    if code:
        assert refused(ask_recheck, attempt=attempt, text=WORDS, by=attempt.person, now=at) == code
        assert not Recheck.objects.exists()
    else:
        assert make_recheck(attempt, now=at).asked_at == at


def test_exam_says_how_many_days_there_are(candidate: Person, marker: Person, now: datetime) -> None:
    short = make_marked(candidate, marker, now=now, key="short", recheck_days=1)
    never = make_marked(candidate, marker, now=now, key="never", recheck_days=0)
    later = now + timedelta(days=2)
    assert refused(ask_recheck, attempt=short, text=WORDS, by=candidate, now=later) == "late"
    assert refused(ask_recheck, attempt=never, text=WORDS, by=candidate, now=now) == "none"


def test_days_begin_anew_with_a_later_result(attempt: Attempt, now: datetime) -> None:
    period = period_of(attempt, attempt.results.latest("number"))
    assert period is not None
    assert (period.last_on - period.first_on).days == 7
    assert period.days_left(on=period.first_on) == 7
    assert (period.days_left(on=period.last_on), period.is_over(on=period.last_on)) == (0, False)
    assert period.is_over(on=period.last_on + timedelta(days=1))


def test_paper_that_the_machine_scored_alone_has_no_recheck(candidate: Person, now: datetime) -> None:
    make_exam(types=("single",))
    attempt = make_submitted(candidate, now=now)
    attempt.refresh_from_db()
    assert refused(ask_recheck, attempt=attempt, text=WORDS, by=candidate, now=now) == "machine"
    assert not block_of(attempt, attempt.results.latest("number"), now=now).shows


def test_days_wait_until_marks_show(candidate: Person, marker: Person, now: datetime) -> None:
    closes = now + timedelta(days=10)
    attempt = make_marked(
        candidate,
        marker,
        now=now,
        key="window",
        opens_at=(now - timedelta(days=1)).isoformat(),
        closes_at=closes.isoformat(),
        review={"submitted": []},
    )
    assert make_recheck(attempt, now=closes + timedelta(days=6)).status == RecheckStatus.ASKED


@pytest.mark.parametrize("text", ["", "不服", "很" * 1_001])
def test_request_needs_words(text: str, attempt: Attempt, now: datetime) -> None:
    assert refused(ask_recheck, attempt=attempt, text=text, by=attempt.person, now=now) == "text"


def test_nobody_asks_for_somebody_else(attempt: Attempt, admin: Person, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        ask_recheck(attempt=attempt, text=WORDS, by=admin, now=now)


def test_nobody_else_reads_the_first_by_asking_again(attempt: Attempt, other: Person, now: datetime) -> None:
    make_recheck(attempt, now=now)
    with pytest.raises(NotAllowed):
        ask_recheck(attempt=attempt, text=WORDS, by=other, now=now)


def test_paper_that_waits_for_marks_is_not_rechecked(candidate: Person, now: datetime) -> None:
    make_exam(types=("short_answer",))
    attempt = make_submitted(candidate, now=now)
    assert refused(ask_recheck, attempt=attempt, text=WORDS, by=candidate, now=now) == "status"


def test_open_paper_is_not_rechecked(candidate: Person, now: datetime) -> None:
    make_exam()
    attempt = start_attempt(person=candidate, exam_key="base", now=now)
    with pytest.raises(Exception):  # noqa: B017, PT011 -- there is no result yet
        ask_recheck(attempt=attempt, text=WORDS, by=candidate, now=now)
    assert not Recheck.objects.exists()


def test_objection_is_answered_first_and_the_days_begin_with_the_answer(
    attempt: Attempt, admin: Person, marker: Person, now: datetime
) -> None:
    finding = record_finding(
        attempt=attempt, verdict=Verdict.NOTED, text="切到别的窗口三次", by=admin, now=now, key=new_key()
    )
    object_to(inquiry=finding, text="我在接电话，没有查资料", by=attempt.person, now=now)
    assert refused(ask_recheck, attempt=attempt, text=WORDS, by=attempt.person, now=now) == "objection"
    answered = now + timedelta(days=20)
    answer_objection(inquiry=finding, text="好的，已经说明", by=marker, now=answered)
    assert make_recheck(attempt, now=answered + timedelta(days=3)).status == RecheckStatus.ASKED


def test_administrator_hands_it_to_another_marker(
    attempt: Attempt, admin: Person, other: Person, now: datetime
) -> None:
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    assert (recheck.status, recheck.marker, recheck.decided_by) == (RecheckStatus.GRANTED, other, admin)
    assert actions() == ["recheck.asked", "recheck.granted"]
    assert titles(other) == ["有一份试卷等你复核：考试base"]
    assert titles(attempt.person)[-1] == "你的试卷正在复核：考试base"
    assert Notice.objects.get(recipient=admin).read_at == now


def test_granting_twice_is_granting_once(
    attempt: Attempt, admin: Person, other: Person, now: datetime
) -> None:
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    grant_recheck(recheck=recheck, marker=other, by=admin, now=now + timedelta(hours=1))
    assert actions() == ["recheck.asked", "recheck.granted"]
    assert len(titles(other)) == 1


def test_paper_can_be_handed_to_somebody_else_meanwhile(
    attempt: Attempt, admin: Person, other: Person, now: datetime
) -> None:
    third = make_person(roles=(Role.EXAMINER,))
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    passed_on = grant_recheck(recheck=recheck, marker=third, by=admin, now=now)
    assert (passed_on.marker, passed_on.decided_by) == (third, admin)
    assert actions() == ["recheck.asked", "recheck.granted", "recheck.passed_on"]
    assert Notice.objects.get(recipient=other).read_at == now
    assert titles(third) == ["有一份试卷等你复核：考试base"]


def test_who_marked_it_never_rechecks_it(
    attempt: Attempt, admin: Person, marker: Person, now: datetime
) -> None:
    recheck = make_recheck(attempt, now=now)
    assert refused(grant_recheck, recheck=recheck, marker=marker, by=admin, now=now) == "marker"


def test_who_decides_never_rechecks_it(attempt: Attempt, now: datetime) -> None:
    both = make_person(roles=(Role.ADMINISTRATOR, Role.EXAMINER))
    recheck = make_recheck(attempt, now=now)
    assert refused(grant_recheck, recheck=recheck, marker=both, by=both, now=now) == "marker"


def test_who_decided_is_never_handed_it_by_another(
    attempt: Attempt, admin: Person, other: Person, now: datetime
) -> None:
    both = make_person(roles=(Role.ADMINISTRATOR, Role.EXAMINER))
    recheck = make_granted(attempt, by=both, marker=other, now=now)
    assert refused(grant_recheck, recheck=recheck, marker=both, by=admin, now=now) == "marker"


def test_candidates_own_people_and_strangers_never_recheck(
    attempt: Attempt, admin: Person, other: Person, candidate: Person, now: datetime
) -> None:
    district = make_organisation()
    elsewhere = make_organisation("QH-02", district)
    mentor, stranger = (
        make_person(roles=(Role.EXAMINER,)),
        make_person(organisation=elsewhere, roles=(Role.EXAMINER,)),
    )
    open_grant(viewer=mentor, subject=candidate, kind="mentor", reason="师徒", now=now)
    recheck = make_recheck(attempt, now=now)
    assert list(markers_to_choose(recheck, by=admin, at=now)) == [other]
    assert list(markers_for(attempt, at=now)) == [other]
    for person in (mentor, stranger, candidate, make_person()):
        assert refused(grant_recheck, recheck=recheck, marker=person, by=admin, now=now) == "marker"


def test_nobody_of_the_candidates_own_community_rechecks(admin: Person, now: datetime) -> None:
    district = make_organisation()
    community = make_organisation("QH-01-1", make_organisation("QH-01", district))
    candidate = make_person(organisation=community)
    neighbour = make_person(organisation=community, roles=(Role.EXAMINER,))
    marker, above = make_person(roles=(Role.EXAMINER,)), make_person(roles=(Role.EXAMINER,))
    attempt = make_marked(candidate, marker, now=now)
    assert neighbour.pk not in markers_for(attempt, at=now).values_list("pk", flat=True)
    assert list(markers_for(attempt, at=now)) == [above]


def test_only_administrators_of_the_candidate_decide(
    attempt: Attempt, other: Person, marker: Person, now: datetime
) -> None:
    elsewhere = make_organisation("QH-02", make_organisation())
    foreign = make_person(organisation=elsewhere, roles=(Role.ADMINISTRATOR,))
    recheck = make_recheck(attempt, now=now)
    for person in (foreign, marker, attempt.person):
        with pytest.raises(NotAllowed):
            grant_recheck(recheck=recheck, marker=other, by=person, now=now)
        with pytest.raises(NotAllowed):
            refuse_recheck(recheck=recheck, reply=REPLY, by=person, now=now)


def test_refusal_says_why(attempt: Attempt, admin: Person, other: Person, now: datetime) -> None:
    recheck = make_recheck(attempt, now=now)
    assert refused(refuse_recheck, recheck=recheck, reply="不", by=admin, now=now) == "reply"
    refuse_recheck(recheck=recheck, reply=REPLY, by=admin, now=now)
    again = refuse_recheck(recheck=recheck, reply="另一个理由，不算数", by=admin, now=now)
    assert (again.status, again.reply, again.decided_by) == (RecheckStatus.REFUSED, REPLY, admin)
    assert actions() == ["recheck.asked", "recheck.refused"]
    assert titles(attempt.person)[-1] == "不予复核：考试base"
    assert refused(grant_recheck, recheck=recheck, marker=other, by=admin, now=now) == "decided"


def test_what_was_granted_is_not_refused(
    attempt: Attempt, admin: Person, other: Person, now: datetime
) -> None:
    recheck = make_granted(attempt, by=admin, marker=other, now=now)
    assert refused(refuse_recheck, recheck=recheck, reply=REPLY, by=admin, now=now) == "decided"
