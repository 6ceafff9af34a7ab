"""The database writes the line of a save with the answer, or neither."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, transaction

from assessments.models import Answer, AnswerEntry, Attempt
from assessments.sittings import receipts
from assessments.sittings.journal import TRIGGER, has_journal, install_journal, receipt_for, write_answer
from assessments.sittings.receipts import first_break
from people.models import Person
from tests.assessments.making import make_attempt, make_exam, save

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def attempt(person: Person, now: datetime) -> Attempt:
    make_exam(types=("single", "single"))
    return make_attempt(person, now=now)


def lines(attempt: Attempt) -> list[tuple[Any, ...]]:
    entries = attempt.entries.order_by("number")
    return list(entries.values_list("number", "slot", "sequence", "digest", "saved_at"))


def test_every_acknowledged_save_is_a_line_and_every_line_follows_on_the_one_before(
    attempt: Attempt, now: datetime
) -> None:
    saved = [
        save(attempt, slot, [option], sequence=sequence, now=now)
        for sequence, (slot, option) in enumerate([(1, "o1"), (2, "o2"), (1, "o3")], start=4)
    ]
    assert lines(attempt) == [
        (1, 1, 4, receipts.digest_of("o1"), now),
        (2, 2, 5, receipts.digest_of("o2"), now),
        (3, 1, 6, receipts.digest_of("o3"), now),
    ]
    receipt = receipt_for(attempt.pk)
    assert first_break(receipt) is None
    assert [(each.entry, each.receipt) for each in saved] == [
        (link.number, link.hash[:16]) for link in receipt.links
    ]


def test_repeated_save_is_acknowledged_without_a_second_line(attempt: Attempt, now: datetime) -> None:
    first = save(attempt, 1, ["o1"], sequence=1, now=now)
    save(attempt, 1, ["o2"], sequence=2, now=now)
    assert save(attempt, 1, ["o1"], sequence=1, now=now) == first
    assert len(lines(attempt)) == 2


def test_changed_flag_is_a_save_like_any_other(attempt: Attempt, now: datetime) -> None:
    save(attempt, 1, None, sequence=1, now=now, flagged=True)
    assert lines(attempt) == [(1, 1, 1, receipts.digest_of(None), now)]


def test_answer_and_line_are_written_together_or_not_at_all(attempt: Attempt, now: datetime) -> None:
    save(attempt, 1, ["o1"], sequence=1, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(attempt=attempt, slot=2).update(
            response="o1", sequence=2, saved_at=now, entry=1, chain="x"
        )
    assert attempt.answers.get(slot=2).response is None


def test_number_that_another_save_took_meanwhile_is_counted_on(
    attempt: Attempt, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when two windows save at the same moment: the slower one goes on from the faster one's line."""
    from assessments.sittings import saving

    store, others = saving._store, iter([1, 2, 3])

    def overtaken(*args: Any) -> bool:
        if number := next(others, 0):
            save(attempt, 2, ["o1"], sequence=number, now=now)
        return store(*args)

    monkeypatch.setattr(saving, "_store", overtaken)
    save(attempt, 1, ["o1"], sequence=9, now=now)
    assert [line[:3] for line in lines(attempt)] == [(1, 2, 3), (2, 1, 9)]
    assert first_break(receipt_for(attempt.pk)) is None
    assert attempt.answers.get(slot=1).response == "o1"


def test_line_cannot_be_changed_or_removed(attempt: Attempt, now: datetime) -> None:
    save(attempt, 1, ["o1"], sequence=1, now=now)
    for sql in ("UPDATE assessments_answerentry SET slot = 2", "DELETE FROM assessments_answerentry"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert AnswerEntry.objects.count() == 1


def test_answer_taken_into_a_closed_paper_goes_on_with_the_chain(attempt: Attempt, now: datetime) -> None:
    save(attempt, 1, ["o1"], sequence=7, now=now)
    write_answer(attempt.answers.get(slot=1), "o2", now=now, sequence=3)
    write_answer(attempt.answers.get(slot=2), "o3", now=now, sequence=9)
    assert [line[:3] for line in lines(attempt)] == [(1, 1, 7), (2, 1, 8), (3, 2, 9)]
    assert first_break(receipt_for(attempt.pk)) is None


def test_check_says_when_saves_leave_no_line() -> None:
    drop = f"DROP TRIGGER {TRIGGER}" + (" ON assessments_answer" if connection.vendor == "postgresql" else "")
    with connection.cursor() as cursor:
        cursor.execute(drop)
    try:
        assert has_journal(connection) is False
        with pytest.raises(SystemCheckError, match=r"assessments\.E001"):
            call_command("check", databases=["default"])
    finally:
        install_journal(apps.get_app_config("assessments"))
    assert has_journal(connection) is True
    call_command("check", databases=["default"])
