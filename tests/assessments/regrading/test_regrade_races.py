"""Approving, carrying out and handing in at the same moment, on both databases: no paper keeps marks of old terms."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from assessments import attempts, tasks
from assessments.attempts import submit_attempt
from assessments.models import Attempt, ExamCorrection, Regrade, RegradeStatus
from assessments.regrading import deciding
from assessments.regrading.advancing import advance_regrade
from assessments.regrading.deciding import approve_regrade
from assessments.regrading.drafting import propose_regrade
from assessments.regrading.terms import terms_of_result
from competencies.models import Evidence
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_attempt, make_exam, save
from tests.assessments.regrades import DROP, make_approved, make_approver, make_author, make_sat, make_tried
from tests.assessments.test_races import at_once
from tests.factories import make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LATER = timedelta(hours=2)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves when a worker comes."""
    monkeypatch.setattr(tasks.advance_regrade, "delay", lambda regrade_id: None)


def proposed(now: datetime) -> Regrade:
    author = make_author()
    regrade = make_tried(Attempt.objects.all()[0].exam_version, DROP, by=author, now=now)
    return propose_regrade(regrade=regrade, by=author, now=now)


def slowly(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> tuple[threading.Event, threading.Event]:
    """Make `module.name` say that it is through and wait for leave before it returns."""
    original, is_through, goes_on = getattr(module, name), threading.Event(), threading.Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        answer = original(*args, **kwargs)
        is_through.set()
        goes_on.wait(timeout=5)
        return answer

    monkeypatch.setattr(module, name, slow)
    return is_through, goes_on


def closing(call: Any) -> Any:
    try:
        return call()
    finally:
        connection.close()


def assert_on_the_terms_in_force(attempt: Attempt) -> None:
    newest = attempt.results.select_related("correction").order_by("-number")[0]
    assert terms_of_result(newest, attempt.exam_version).number == 1
    assert (newest.points, newest.max_points) == (2, 2)


def test_paper_being_handed_in_while_the_approval_commits_does_not_slip_through(
    now: datetime, monkeypatch: pytest.MonkeyPatch, postgres_only: None
) -> None:
    """It was scored on the old terms, and is committed after the approval."""
    make_exam(types=("single", "single"))
    attempt = make_attempt(make_person(), now=now)
    save(attempt, 1, ["o1"], sequence=1, now=now)
    save(attempt, 2, ["o2"], sequence=2, now=now)
    regrade, approver = proposed(now), make_approver()
    monkeypatch.setattr(
        deciding, "list_papers", lambda regrade: None
    )  # begun after the list, before the commit
    is_scored, goes_on = slowly(monkeypatch, attempts, "record_result")
    with ThreadPoolExecutor(2) as pool:
        handing_in = pool.submit(
            closing, lambda: submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now)
        )
        assert is_scored.wait(timeout=30)
        approve_regrade(regrade=regrade, by=approver, now=now)
        carrying = pool.submit(
            closing, lambda: advance_regrade(regrade=regrade, clock=lambda: now + LATER).status
        )
        goes_on.set()
        handing_in.result()
        assert carrying.result() == RegradeStatus.DONE
    assert attempt.results.count() == 2
    assert_on_the_terms_in_force(attempt)


def test_paper_handed_in_after_its_line_was_carried_out_is_scored_on_the_terms_in_force(
    now: datetime,
) -> None:
    make_exam(types=("single", "single"))
    attempt = make_attempt(make_person(), now=now)
    save(attempt, 2, ["o2"], sequence=1, now=now)
    make_sat("o1", "o2", now=now)
    regrade = make_approved(attempt.exam_version, DROP, now=now)
    gate = threading.Barrier(2)

    def together(call: Any) -> Any:
        gate.wait(timeout=30)
        return closing(call)

    with ThreadPoolExecutor(2) as pool:
        carrying = pool.submit(
            together, lambda: advance_regrade(regrade=regrade, clock=lambda: now + LATER).status
        )
        handing_in = pool.submit(
            together, lambda: submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now)
        )
        handing_in.result()
        assert carrying.result() == RegradeStatus.DONE
    assert_on_the_terms_in_force(attempt)


def test_ten_workers_leave_one_result_each(now: datetime) -> None:
    """Row 37."""
    version = make_exam(types=("single", "single"), grading="average")
    person = make_person()
    sat = [make_sat("o1", "o2", now=now, person=person) for _paper in range(2)]
    sat += [make_sat("o1", "o2", now=now) for _paper in range(4)]
    regrade = make_approved(version, DROP, now=now)
    at_once(lambda: advance_regrade(regrade=regrade, clock=lambda: now + LATER), calls=10, connections=5)
    done = advance_regrade(regrade=regrade, clock=lambda: now + LATER)
    assert done.status == RegradeStatus.DONE
    assert [attempt.results.count() for attempt in sat] == [2] * 6
    assert Notice.objects.filter(source_key__startswith="result:").count() == 6
    assert AuditEntry.objects.filter(action="attempt.rescored").count() == 6
    assert AuditEntry.objects.filter(action="regrade.done").count() == 1
    standing = Evidence.objects.standing()
    assert (standing.count(), set(standing.values_list("passed", flat=True))) == (5, {True})


def test_two_people_approving_at_once_are_one_approval(now: datetime) -> None:
    version = make_exam(types=("single", "single"))
    make_sat("o1", "o2", now=now)
    regrade = proposed(now)
    deciders = [make_person(roles=(Role.ADMINISTRATOR,)) for _decider in range(4)]
    waiting = iter(deciders)

    def approve() -> str:
        by: Person = next(waiting)
        try:
            return approve_regrade(regrade=regrade, by=by, now=now).status
        except Refusal as refusal:
            return refusal.code

    assert sorted(at_once(approve, calls=4, connections=4)) == ["late", "late", "late", "running"]
    assert ExamCorrection.objects.filter(exam_version=version).count() == 1
