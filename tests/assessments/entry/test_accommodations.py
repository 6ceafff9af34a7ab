"""便利安排: asked for by the person, decided by whoever administers them, counted at once; nobody else learns of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.attempts import start_attempt, submit_attempt
from assessments.entry.accommodations import (
    Arrangement,
    arrangements_of,
    end_accommodation,
    grant_accommodation,
    refuse_accommodation,
    request_accommodation,
)
from assessments.models import REQUEST_TRANSITIONS, Accommodation, RequestStatus, SittingEvent
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HALF = Decimal("1.5")


@pytest.fixture
def learner(db: Any) -> Person:
    """Somebody who works in the district."""
    make_exam()
    return make_person("许知秋")


@pytest.fixture
def administrator(learner: Person) -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


def ask(person: Person, now: datetime, **more: Any) -> Accommodation:
    said: dict[str, Any] = {"exam_key": "base", "time_factor": HALF, **more}
    return request_accommodation(person=person, now=now, **said)


def give(asked: Accommodation, by: Person, now: datetime, **more: Any) -> Accommodation:
    said: dict[str, Any] = {"time_factor": HALF, "extra_attempts": 0, **more}
    return grant_accommodation(accommodation=asked, by=by, now=now, **said)


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_transitions_cover_every_status() -> None:
    assert set(REQUEST_TRANSITIONS) == set(RequestStatus)


def test_request_tells_whoever_administers_the_person_and_nobody_else(
    learner: Person, administrator: Person, now: datetime
) -> None:
    make_person(organisation=make_organisation("XX"), roles=(Role.ADMINISTRATOR,))
    make_person(roles=(Role.EXAMINER,))
    asked = ask(learner, now, reason="左手骨折")
    notice = Notice.objects.get()
    assert (notice.recipient, notice.title) == (administrator, "有人申请便利安排：考试base")
    assert notice.url == f"/exams/arrangements/{asked.pk}/"
    assert "骨折" not in notice.body + notice.title


def test_request_is_made_once_while_one_waits_or_holds(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    assert ask(learner, now, time_factor=Decimal(2)) == asked
    give(asked, administrator, now)
    assert ask(learner, now, time_factor=Decimal(2)) == asked
    end_accommodation(accommodation=asked, by=learner, now=now)
    assert ask(learner, now) != asked


def test_request_that_asks_nothing_or_too_much_is_refused(learner: Person, now: datetime) -> None:
    assert code_of(ask, learner, now, time_factor=Decimal(1)) == "nothing"
    assert code_of(ask, learner, now, time_factor=Decimal(5)) == "time_factor"
    assert code_of(ask, learner, now, extra_attempts=21) == "extra_attempts"
    assert code_of(ask, learner, now, reason="长" * 501) == "reason"
    assert code_of(ask, learner, now, exam_key="absent") == "not_released"
    assert Accommodation.objects.count() == 0


def test_grant_is_for_whoever_administers_the_person_and_never_for_oneself(
    learner: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    foreign = make_person(organisation=make_organisation("XX"), roles=(Role.ADMINISTRATOR,))
    for nobody in (learner, foreign, make_person(roles=(Role.EXAMINER,)), make_person()):
        with pytest.raises(NotAllowed):
            give(asked, nobody, now)
        with pytest.raises(NotAllowed):
            refuse_accommodation(accommodation=asked, word="不行", by=nobody, now=now)
    chief = make_person(roles=(Role.ADMINISTRATOR,))
    own = ask(chief, now)
    with pytest.raises(NotAllowed):
        give(own, chief, now)


def test_grant_counts_for_the_next_start_until_its_last_day(
    learner: Person, administrator: Person, now: datetime
) -> None:
    give(ask(learner, now), administrator, now, until_on=date(2026, 11, 23))
    tomorrow, later = now + timedelta(days=1), now + timedelta(days=2)
    first = start_attempt(person=learner, exam_key="base", now=tomorrow)
    assert first.deadline_at == tomorrow + 30 * MINUTE
    submit_attempt(attempt_id=first.pk, by=learner, now=tomorrow)
    assert start_attempt(person=learner, exam_key="base", now=later).deadline_at == later + 20 * MINUTE


def test_grant_moves_the_end_of_an_open_sitting_and_its_journal_says_so(
    learner: Person, administrator: Person, now: datetime
) -> None:
    attempt = start_attempt(person=learner, exam_key="base", now=now)
    other = start_attempt(person=make_person(), exam_key="base", now=now)
    give(ask(learner, now), administrator, now + MINUTE)
    attempt.refresh_from_db()
    other.refresh_from_db()
    assert (attempt.deadline_at, other.deadline_at) == (now + 30 * MINUTE, now + 20 * MINUTE)
    event = SittingEvent.objects.get(kind="extended")
    assert (event.attempt, event.happened_at, event.detail) == (attempt, now + MINUTE, {"minutes": 10})


def test_grant_gives_an_open_sitting_only_what_it_did_not_have(
    learner: Person, administrator: Person, now: datetime
) -> None:
    give(ask(learner, now, exam_key=""), administrator, now, time_factor=HALF)
    attempt = start_attempt(person=learner, exam_key="base", now=now)
    give(ask(learner, now), administrator, now, time_factor=Decimal(2))
    attempt.refresh_from_db()
    assert attempt.deadline_at == now + 40 * MINUTE


def test_grant_after_the_end_moves_nothing(learner: Person, administrator: Person, now: datetime) -> None:
    attempt = start_attempt(person=learner, exam_key="base", now=now)
    give(ask(learner, now), administrator, now + 22 * MINUTE)
    attempt.refresh_from_db()
    assert attempt.deadline_at == now + 20 * MINUTE


def test_grant_tells_the_person_settles_the_question_and_is_audited_once(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    given = give(asked, administrator, now, extra_attempts=1)
    assert give(asked, administrator, now, time_factor=Decimal(4)) == given
    told = Notice.objects.get(recipient=learner)
    assert (told.title, told.body) == ("便利安排已同意：考试base", "时间为 1.5 倍，多考 1 次")
    assert Notice.objects.get(recipient=administrator).read_at == now
    entry = AuditEntry.objects.get(action="accommodation.granted")
    assert entry.actor == str(administrator.pk)
    assert entry.detail == {"exam": "base", "time_factor": "1.5", "extra_attempts": 1}


def test_grant_of_nothing_or_for_a_day_that_is_over_is_refused(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    assert code_of(give, asked, administrator, now, time_factor=Decimal(1)) == "nothing"
    assert code_of(give, asked, administrator, now, until_on=date(2026, 11, 21)) == "until_on"


def test_grant_for_every_exam_counts_everywhere_and_the_more_generous_wins(
    learner: Person, administrator: Person, now: datetime
) -> None:
    give(ask(learner, now), administrator, now, every_exam=True, extra_attempts=1)
    make_exam("other")
    give(ask(learner, now, exam_key="other"), administrator, now, time_factor=Decimal(2))
    found = arrangements_of(learner, on=date(2026, 11, 22))
    assert found.of("base") == Arrangement(HALF, 1)
    assert found.of("other") == Arrangement(Decimal(2), 1)


def test_second_grant_for_every_exam_is_refused_kindly(
    learner: Person, administrator: Person, now: datetime
) -> None:
    give(ask(learner, now), administrator, now, every_exam=True)
    again = ask(learner, now, time_factor=Decimal(2))
    assert code_of(give, again, administrator, now, every_exam=True) == "another"
    again.refresh_from_db()
    assert again.status == RequestStatus.REQUESTED


def test_refusal_needs_a_word_which_stands_in_the_notice_alone(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    assert code_of(refuse_accommodation, accommodation=asked, word="  ", by=administrator, now=now) == "word"
    refuse_accommodation(accommodation=asked, word="请先补交证明。", by=administrator, now=now)
    told = Notice.objects.get(recipient=learner)
    assert (told.title, told.body) == ("便利安排未同意：考试base", "请先补交证明。")
    assert "证明" not in str(list(AuditEntry.objects.values()))
    assert arrangements_of(learner, on=date(2026, 11, 22)).of("base") == Arrangement()


def test_end_takes_nothing_from_an_open_sitting(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = give(ask(learner, now), administrator, now)
    attempt = start_attempt(person=learner, exam_key="base", now=now)
    end_accommodation(accommodation=asked, by=administrator, now=now)
    end_accommodation(accommodation=asked, by=administrator, now=now)
    attempt.refresh_from_db()
    assert attempt.deadline_at == now + 30 * MINUTE
    assert arrangements_of(learner, on=date(2026, 11, 22)).of("base") == Arrangement()
    assert AuditEntry.objects.filter(action="accommodation.ended").count() == 1


def test_end_is_for_the_person_and_their_administrator(learner: Person, now: datetime) -> None:
    asked = ask(learner, now)
    with pytest.raises(NotAllowed):
        end_accommodation(accommodation=asked, by=make_person(), now=now)
    assert end_accommodation(accommodation=asked, by=learner, now=now).status == RequestStatus.ENDED


def test_two_current_ones_are_refused_by_the_database(learner: Person, now: datetime) -> None:
    ask(learner, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Accommodation.objects.create(person=learner, exam_key="base", requested_at=now)
