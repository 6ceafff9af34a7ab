"""Every night everything is decided again: what differs is recorded once, with its cause, whoever is killed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments import tasks
from assessments.decisions import people_to_reconsider, reconsider
from assessments.models import Decision, DecisionReview, SchemeVersion
from assessments.schemes import reviewing
from assessments.schemes.reviewing import causes_of, review_decisions, unexplained
from cms.consistency import findings
from core.models import AuditEntry
from people.models import Notice, Person
from tests.assessments.schemes.making import COURSE, EXAM, make_administrator, record, release
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

AGED = {**COURSE, "max_age_months": 12}


def reviewed(now: datetime) -> DecisionReview:
    return review_decisions(clock=lambda: now)


def told(review: DecisionReview) -> list[tuple[str, str, Any, bool, str]]:
    return [
        (each["person"], each["scheme"], each["before"], each["after"], each["cause"])
        for each in review.differences
    ]


def falsify(person: Person, version: SchemeVersion, now: datetime) -> Decision:
    """A recorded decision that no evidence ever gave."""
    return Decision.objects.create(
        person=person,
        scheme_version=version,
        met=True,
        proof={"met": True, "tree": {}, "missing": []},
        evidence_ids=[],
        content_hash="f" * 64,
        decided_at=now,
    )


def test_a_quiet_night_changes_nothing_and_tells_nobody(person: Person, now: datetime) -> None:
    make_administrator()
    release(COURSE)
    record(person, "c", now)
    reconsider(person=person, now=now)
    before = Notice.objects.count()
    review = reviewed(now + timedelta(hours=8))
    assert (review.differences, review.people_count, Decision.objects.count()) == ([], 1, 1)
    assert (review.finished_at is not None, Notice.objects.count()) == (True, before)
    entry = AuditEntry.objects.get(action="decisions.reviewed")
    assert entry.detail == {"people": 1, "scheme": 0, "evidence": 0, "age": 0, "unexplained": 0}


@pytest.mark.postgres
def test_evidence_that_grew_too_old_is_a_difference_by_age(person: Person, now: datetime) -> None:
    release(AGED)
    evidence = record(person, "c", now)
    reconsider(person=person, now=now)
    later = now + timedelta(days=366)
    review = reviewed(later)
    assert told(review) == [(str(person.pk), "digital", True, False, "age")]
    newest = Decision.objects.order_by("-pk")[0]
    assert (newest.met, newest.evidence_ids, newest.decided_at, review.differences[0]["decision"]) == (
        False,
        [],
        later,
        newest.pk,
    )
    assert newest.proof["tree"]["children"][0]["too_old"][0]["evidence"] == str(evidence.pk)
    assert people_to_reconsider() == []


def test_whoever_loses_by_age_is_told_once_and_quietly(person: Person, now: datetime) -> None:
    release(AGED)
    record(person, "c", now)
    reconsider(person=person, now=now)
    for night in range(366, 369):
        reviewed(now + timedelta(days=night))
    notice = Notice.objects.get(recipient=person, source_key__startswith="scheme-lapsed:")
    assert notice.title == "“数字治理”有材料超过了年限"
    assert notice.body == (
        "学完《数据分析》（2026年11月22日的一项超过 12 个月，不计入）。"
        "已经拿到的证书不受影响；要申请新证书，请重新完成这些项。"
    )


def test_whoever_loses_by_a_withdrawal_or_a_release_is_not_told_of_age(person: Person, now: datetime) -> None:
    release(COURSE)
    record(person, "c", now)
    reconsider(person=person, now=now)
    release({**COURSE, "max_age_months": 1}, EXAM, now=now)
    reviewed(now + timedelta(days=90))
    assert not Notice.objects.filter(source_key__startswith="scheme-lapsed:").exists()


def test_newer_evidence_that_takes_over_is_a_difference_without_a_loss(person: Person, now: datetime) -> None:
    """A later course counted longer all along, so that nothing changes when the first grows too old."""
    release(AGED)
    record(person, "c1", now)
    record(person, "c2", now + timedelta(days=10))
    reconsider(person=person, now=now + timedelta(days=10))
    assert told(reviewed(now + timedelta(days=370))) == []


def test_what_a_lost_message_missed_is_a_difference_by_evidence(person: Person, now: datetime) -> None:
    release(COURSE)
    record(person, "c", now)
    assert told(reviewed(now)) == [(str(person.pk), "digital", None, True, "evidence")]
    record(person, "e", now, kind="exam", key="base")
    assert told(reviewed(now + timedelta(days=1))) == []  # it changed no proof
    assert people_to_reconsider() == [person.pk]


def test_a_release_nobody_was_decided_under_is_a_difference_by_scheme(person: Person, now: datetime) -> None:
    release(COURSE)
    record(person, "c", now)
    reconsider(person=person, now=now)
    release(COURSE, EXAM, now=now)
    release(EXAM, key="second", now=now)
    assert told(reviewed(now)) == [
        (str(person.pk), "digital", True, False, "scheme"),
        (str(person.pk), "second", None, False, "scheme"),
    ]


@pytest.mark.parametrize("rule", [COURSE, AGED])
def test_another_proof_of_the_same_evidence_is_unexplained_and_named(
    rule: Any, person: Person, now: datetime
) -> None:
    version = release(rule)
    record(person, "e", now, kind="exam", key="base")
    reconsider(person=person, now=now)
    falsify(person, version, now)
    review = reviewed(now)
    assert told(review) == [(str(person.pk), "digital", True, False, "unexplained")]
    assert [each["decision"] for each in unexplained(since=now)] == [Decision.objects.order_by("-pk")[0].pk]
    assert unexplained(since=now + timedelta(seconds=1)) == []
    sentence = (
        f"decision {review.differences[0]['decision']} of person {person.pk} on scheme digital differs from the one "
        "before, although neither evidence nor scheme nor time explains it"
    )
    assert sentence in findings(now=now)
    assert sentence not in findings(now=now + timedelta(days=8))


def test_a_row_that_came_late_and_too_old_does_not_hide_that_it_was_age(
    person: Person, now: datetime
) -> None:
    """A course of long ago recorded later would have stood in the first proof, had it been there."""
    release({**COURSE, "max_age_months": 24}, {**EXAM, "max_age_months": 12})
    record(person, "e", now, kind="exam", key="base")
    record(person, "c", now - timedelta(days=700), now=now)
    reconsider(person=person, now=now)
    later = now + timedelta(days=40)
    reconsider(person=person, now=later)  # the course is too old now
    record(person, "x", now - timedelta(days=400), now=later, kind="exam", key="base", score="0.9")
    reconsider(person=person, now=later)
    review = reviewed(now + timedelta(days=380))
    assert [each["cause"] for each in review.differences] == ["age"]


def test_administrators_are_told_how_many_of_which_cause_once(person: Person, now: datetime) -> None:
    administrator = make_administrator()
    release(COURSE)
    record(person, "c", now)
    review = reviewed(now)
    assert causes_of(review) == {"scheme": 0, "evidence": 1, "age": 0, "unexplained": 0}
    reviewed(now)
    notice = Notice.objects.get(recipient=administrator)
    assert notice.title == "夜间复核有 1 项认定结论与原记录不同"
    assert notice.body == (
        "材料超过年限 0 项，补算漏下的材料 1 项，方案更新 0 项，原因不明 0 项。若有原因不明的，请告知系统运维人员。"
    )


def test_one_review_a_night(person: Person, now: datetime) -> None:
    record_release_and_evidence(person, now)
    first = reviewed(now)
    assert reviewed(now + timedelta(minutes=10)) == first
    assert reviewed(now + timedelta(days=1)) != first


def record_release_and_evidence(person: Person, now: datetime) -> None:
    release(COURSE)
    record(person, "c", now)


class Killed(Exception):
    pass


@pytest.mark.parametrize("killed_after", [1, 2, 3])
def test_a_killed_night_goes_on_where_it_was(
    killed_after: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(AGED)
    people = [PersonFactory() for _n in range(3)]
    for n, person in enumerate(people):
        record(person, f"c{n}", now)
        reconsider(person=person, now=now)
    late = now + timedelta(days=366)
    ticks = iter(range(100))

    def dying() -> datetime:
        if next(ticks) == killed_after:
            raise Killed
        return late

    monkeypatch.setattr(reviewing, "PORTION", 1)
    with pytest.raises(Killed):
        review_decisions(clock=dying)
    assert DecisionReview.objects.get().people_count == killed_after - 1
    untouched = reviewed(late + timedelta(minutes=1))
    assert untouched.finished_at is None  # somebody may still be at it
    review = reviewed(late + timedelta(minutes=3))
    assert sorted(each["person"] for each in review.differences) == sorted(
        str(person.pk) for person in people
    )
    assert (review.people_count, Decision.objects.count()) == (3, 6)


@pytest.mark.postgres
def test_a_portion_that_dies_in_the_middle_leaves_nothing(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(COURSE)
    for n in range(2):
        record(PersonFactory(), f"c{n}", now)
    told, calls = reviewing._told, iter(range(9))

    def dying(*args: Any) -> Any:
        if next(calls) == 1:
            raise Killed
        return told(*args)

    with monkeypatch.context() as patched:
        patched.setattr(reviewing, "_told", dying)
        with pytest.raises(Killed):
            reviewed(now)
    assert (Decision.objects.count(), DecisionReview.objects.get().differences) == (0, [])
    assert len(reviewed(now + timedelta(minutes=3)).differences) == 2


def test_last_nights_rest_is_done_before_tonight(person: Person, now: datetime) -> None:
    record_release_and_evidence(person, now)
    yesterday = (now - timedelta(days=1)).date()
    left = DecisionReview.objects.create(
        run_on=yesterday, started_at=now - timedelta(days=1), touched_at=now - timedelta(days=1)
    )
    assert reviewed(now) == left
    assert reviewed(now).run_on == now.date()


def test_the_nights_task_counts_differences(person: Person) -> None:
    from django.utils import timezone

    record_release_and_evidence(person, timezone.now())
    assert tasks.review_decisions() == 1
    assert tasks.review_decisions() == 1


def test_a_night_takes_the_same_queries_for_one_and_for_three(
    now: datetime, django_assert_num_queries: Any
) -> None:
    release(COURSE)
    for night, many in enumerate((1, 2)):
        for n in range(many):
            somebody = PersonFactory()
            record(somebody, f"{night}:{n}", now)
            reconsider(person=somebody, now=now)
        with django_assert_num_queries(24):
            reviewed(now + timedelta(days=night))
