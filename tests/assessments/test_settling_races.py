"""Rescoring and checking when several do it at once, on both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from assessments.attempts import submit_attempt
from assessments.models import Attempt, Result
from assessments.results import rescoring
from assessments.results.rescoring import Reason, rescore_attempt
from assessments.sittings.checked import check_answer
from assessments.sittings.saving import AnswerChecked, AnswerSuperseded
from competencies.models import Evidence
from core.models import AuditEntry
from people.models import Notice, Person
from tests.assessments.making import make_attempt, make_exam, save
from tests.assessments.test_races import at_once, slowed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_ten_parallel_rescorings_are_one(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 37."""
    make_exam(types=("single", "single"), grading="average")
    attempt = submit_attempt(attempt_id=make_attempt(person, now=now).pk, by=person, now=now)
    attempt.answers.filter(slot=1).update(response="o2")
    slowed(monkeypatch, rescoring, "score_answers")
    numbers = at_once(
        lambda: rescore_attempt(attempt=attempt, reason=Reason.QUESTION, by=None, now=now).number,
        calls=10,
        connections=5,
    )
    assert set(numbers) == {2}
    assert (Result.objects.count(), Notice.objects.count()) == (2, 1)
    assert (Evidence.objects.count(), Evidence.objects.standing().count()) == (2, 1)
    assert AuditEntry.objects.filter(action="attempt.rescored").count() == 1


def test_two_sittings_rescored_at_once_leave_one_average(person: Person, now: datetime) -> None:
    """Each of them reads what the other did: the person's lock lets one go first."""
    make_exam(types=("single", "single"), grading="average")
    sat: list[Attempt] = []
    for day in range(2):
        at = now + timedelta(days=day)
        sat.append(submit_attempt(attempt_id=make_attempt(person, now=at).pk, by=person, now=at))
        sat[-1].answers.filter(slot=1).update(response="o2")
    waiting = iter(sat)
    at_once(
        lambda: rescore_attempt(attempt=next(waiting), reason=Reason.QUESTION, by=None, now=now),
        calls=2,
        connections=2,
    )
    assert [str(row.score) for row in Evidence.objects.standing()] == ["0.5000"]


def test_what_a_check_tells_is_what_stands_however_saves_race(person: Person, now: datetime) -> None:
    make_exam(types=("single",), feedback="each")
    for _round in range(5):
        attempt = make_attempt(person, now=now)
        save(attempt, 1, ["o1"], sequence=1, now=now)
        gate = threading.Barrier(5)

        def saver(place: int, attempt: Attempt = attempt, gate: threading.Barrier = gate) -> None:
            gate.wait(timeout=30)
            for step in range(4):
                try:
                    option = "o2" if (place + step) % 2 else "o3"
                    save(attempt, 1, [option], sequence=2 + place + step * 4, now=now)
                except (AnswerChecked, AnswerSuperseded):
                    pass
            connection.close()

        def checker(attempt: Attempt = attempt, gate: threading.Barrier = gate) -> str:
            gate.wait(timeout=30)
            told = check_answer(attempt_id=attempt.pk, person=person, slot=1, now=now)
            connection.close()
            return told.points

        with ThreadPoolExecutor(5) as pool:
            saving = [pool.submit(saver, place) for place in range(4)]
            points = pool.submit(checker).result()
            for each in saving:
                each.result()
        answer = attempt.answers.get()
        assert points == ("2" if answer.response == "o2" else "0")
        submit_attempt(attempt_id=attempt.pk, by=person, now=now)
        assert attempt.results.get().points_text == points
