"""Only the window that opened a sitting last writes into its paper."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.models import Attempt, HeldStatus
from assessments.sittings.fencing import login_hash, open_paper
from assessments.sittings.saving import AnswerSuperseded, Held, Saved
from assessments.sittings.tokens import attempt_token, window_of_token
from core.models import AuditEntry
from people.models import Person
from tests.assessments.making import make_attempt, make_exam, save
from tests.factories import make_person

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def attempt(person: Person, now: datetime) -> Attempt:
    make_exam(types=("single", "single"))
    return make_attempt(person, now=now)


def kinds(attempt: Attempt) -> list[str]:
    return list(attempt.events.order_by("pk").values_list("kind", flat=True))


def stored(attempt: Attempt, slot: int = 1) -> Any:
    return attempt.answers.get(slot=slot).response


def test_each_window_raises_the_fence_and_its_token_says_so(attempt: Attempt, now: datetime) -> None:
    first = open_paper(attempt=attempt, opened_from="a", now=now)
    second = open_paper(attempt=attempt, opened_from="a", now=now + MINUTE)
    assert (first.fence, second.fence, second.seen_at) == (1, 2, now + MINUTE)
    window = window_of_token(attempt_token(second), attempt_id=attempt.pk)
    assert window is not None
    assert (window.person.pk, window.fence) == (attempt.person_id, 2)
    assert kinds(attempt) == ["opened", "opened"]
    assert AuditEntry.objects.filter(action="attempt.moved").count() == 0


def test_another_login_is_in_the_journal_and_in_the_audit_trail(attempt: Attempt, now: datetime) -> None:
    """Row 12."""
    open_paper(attempt=attempt, opened_from=login_hash("one"), now=now)
    open_paper(attempt=attempt, opened_from=login_hash("two"), now=now)
    open_paper(attempt=attempt, opened_from=login_hash("two"), now=now)
    assert kinds(attempt) == ["opened", "opened", "moved", "opened"]
    entry = AuditEntry.objects.get(action="attempt.moved")
    assert (entry.actor, entry.detail) == (str(attempt.person_id), {"fence": 2})
    attempt.refresh_from_db()
    assert attempt.opened_from == login_hash("two") != "two"


def test_sitting_that_was_handed_in_is_given_back_as_it_is(attempt: Attempt, now: datetime) -> None:
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now)
    again = open_paper(attempt=attempt, opened_from="a", now=now)
    assert (again.fence, kinds(attempt)) == (0, ["closed"])


def test_older_window_writes_beside_the_paper_and_once_into_the_journal(
    attempt: Attempt, now: datetime
) -> None:
    """Row 12: a forgotten tab does not save stale answers over new ones."""
    for _window in range(2):
        open_paper(attempt=attempt, opened_from="a", now=now)
    save(attempt, 1, ["o2"], sequence=1, now=now, fence=2)
    for sequence, slot in ((9, 1), (10, 2), (11, 1)):
        outcome = save(attempt, slot, ["o3"], sequence=sequence, now=now, fence=1)
        assert isinstance(outcome, Held)
        assert (outcome.reason, outcome.refused) == ("fenced", False)
    assert (stored(attempt, 1), stored(attempt, 2)) == ("o2", None)
    fields = ("slot", "sequence", "fence", "response", "reason", "status")
    held = attempt.held_answers.order_by("sequence").values_list(*fields)
    assert list(held) == [
        (1, 9, 1, "o3", "fenced", "held"),
        (2, 10, 1, "o3", "fenced", "held"),
        (1, 11, 1, "o3", "fenced", "held"),
    ]
    assert kinds(attempt).count("fenced") == 1
    assert attempt.entries.count() == 1


def test_older_window_that_says_what_is_stored_is_acknowledged(attempt: Attempt, now: datetime) -> None:
    open_paper(attempt=attempt, opened_from="a", now=now)
    first = save(attempt, 1, ["o2"], sequence=1, now=now, fence=1)
    open_paper(attempt=attempt, opened_from="a", now=now)
    assert save(attempt, 1, ["o2"], sequence=5, now=now, fence=1) == first
    assert attempt.held_answers.count() == 0


def test_acknowledgement_that_was_lost_comes_again_in_a_fenced_window(
    attempt: Attempt, now: datetime
) -> None:
    open_paper(attempt=attempt, opened_from="a", now=now)
    first = save(attempt, 1, ["o1"], sequence=1, now=now, fence=1)
    open_paper(attempt=attempt, opened_from="a", now=now)
    save(attempt, 1, ["o2"], sequence=2, now=now, fence=2)
    assert save(attempt, 1, ["o1"], sequence=1, now=now, fence=1) == first
    assert (stored(attempt), attempt.held_answers.count()) == ("o2", 0)


def test_window_without_a_fence_is_the_newest(attempt: Attempt, now: datetime) -> None:
    """A form without the page's token comes with session and CSRF token instead."""
    open_paper(attempt=attempt, opened_from="a", now=now)
    assert isinstance(save(attempt, 1, ["o1"], sequence=1, now=now), Saved)


def test_fence_stands_where_the_database_is_older_than_the_page(attempt: Attempt, now: datetime) -> None:
    """After a backup was put back the page that was open goes on."""
    assert isinstance(save(attempt, 1, ["o1"], sequence=1, now=now, fence=3), Saved)


def test_sequence_counts_within_the_newest_window_as_ever(attempt: Attempt, now: datetime) -> None:
    open_paper(attempt=attempt, opened_from="a", now=now)
    save(attempt, 1, ["o1"], sequence=5, now=now, fence=1)
    with pytest.raises(AnswerSuperseded):
        save(attempt, 1, ["o2"], sequence=4, now=now, fence=1)


def test_token_of_an_older_window_is_told_over_http() -> None:
    make_exam()
    attempt = make_attempt(make_person(), now=timezone.now())
    old = open_paper(attempt=attempt, opened_from="a", now=timezone.now())
    old_token = attempt_token(old)
    new_token = attempt_token(open_paper(attempt=attempt, opened_from="a", now=timezone.now()))
    data = {"slot": 1, "sequence": 1, "response": ["o1"]}
    replies = [
        Client().post(
            f"/exams/attempt/{attempt.pk}/save/",
            {**data, "sequence": number, "response": [response]},
            content_type="application/json",
            headers={"X-Attempt-Token": token},
        )
        for number, (token, response) in enumerate([(new_token, "o1"), (old_token, "o2")], start=1)
    ]
    assert [reply.status_code for reply in replies] == [200, 202]
    told = replies[1].json()
    assert (set(told), told["held"]) == ({"held", "message"}, "fenced")
    assert told["message"].startswith("这场考试已在别的窗口打开。")
    assert attempt.held_answers.get().status == HeldStatus.HELD


def test_token_from_before_there_were_fences_is_that_of_the_first_window(attempt: Attempt) -> None:
    """Row 54: pages that are open while a new version is installed go on."""
    from django.core import signing

    said = {"attempt": attempt.pk.hex, "person": attempt.person_id.hex}
    window = window_of_token(signing.dumps(said, salt="assessments.attempt"), attempt_id=attempt.pk)
    assert window is not None
    assert (window.person.pk, window.fence) == (attempt.person_id, 0)
