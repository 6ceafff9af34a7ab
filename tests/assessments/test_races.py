"""Many at once: one open attempt, one result, an answer that stands still once handed in. SQLite and PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from assessments import attempts, decisions
from assessments.attempts import start_attempt, submit_attempt
from assessments.bank import errata
from assessments.bank.errata import answer_erratum, report_erratum
from assessments.decisions import reconsider
from assessments.models import Answer, Attempt, Decision, Erratum, ErratumKind, Result
from assessments.sittings import saving
from assessments.sittings.fencing import open_paper
from assessments.sittings.journal import receipt_for
from assessments.sittings.receipts import digest_of, first_break
from assessments.sittings.saving import AnswerSuperseded, Held, Saved
from competencies.ledger import register_subject
from competencies.models import Evidence, SubjectKind
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_attempt, make_exam, make_question, save
from tests.assessments.test_schemes import complete_course, make_course_scheme
from tests.factories import make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(call: Callable[[], Any], *, calls: int, connections: int) -> list[Any]:
    """What `calls` calls over at most so many connections gave; the first ones start at the same moment."""
    gate = threading.Barrier(connections)

    def one(number: int) -> Any:
        if number < connections:
            gate.wait(timeout=30)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(connections) as pool:
        return list(pool.map(one, range(calls)))


def slowed(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Make `module.name` pause before it answers, so that everybody has read before anybody writes."""
    original = getattr(module, name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        answer = original(*args, **kwargs)
        time.sleep(0.2)
        return answer

    monkeypatch.setattr(module, name, slow)


def test_fifty_parallel_starts_open_one_attempt(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 4."""
    make_exam()
    slowed(monkeypatch, attempts, "why_not_start")
    started = at_once(
        lambda: start_attempt(person=person, exam_key="base", now=now).pk, calls=50, connections=20
    )
    assert set(started) == {Attempt.objects.get().pk}
    assert Answer.objects.count() == 2


def test_twenty_parallel_submissions_are_one_with_one_reply(person: Person, now: datetime) -> None:
    """Row 1."""
    make_exam()
    attempt = make_attempt(person, now=now, answered=True)

    def submit() -> tuple[Any, ...]:
        reply = submit_attempt(attempt_id=attempt.pk, by=person, now=now)
        return reply.pk, reply.status, reply.submitted_at, reply.results.get().pk

    replies = at_once(submit, calls=20, connections=20)
    assert set(replies) == {(attempt.pk, "complete", now, Result.objects.get().pk)}
    assert Evidence.objects.count() == 1


def test_save_that_was_read_before_the_submission_is_refused_after_it(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 6: the guard is in the statement that writes, so what was true when the save read does not matter."""
    make_exam()
    attempt = make_attempt(person, now=now, answered=True)
    store, has_read, is_submitted = saving._store, threading.Event(), threading.Event()

    def late_store(*args: Any) -> bool:
        has_read.set()
        is_submitted.wait(timeout=30)
        return store(*args)

    monkeypatch.setattr(saving, "_store", late_store)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(_save_closing, attempt, "o1", 99, now)
        assert has_read.wait(timeout=30)
        submit_attempt(attempt_id=attempt.pk, by=person, now=now)
        is_submitted.set()
        assert writing.result() == "closed"
    assert attempt.answers.get(slot=1).response == "o2"


def test_save_that_arrives_while_the_paper_is_scored_is_refused(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 6: a submission that has read the answers but not committed makes the save wait, then refuses it."""
    make_exam()
    attempt = make_attempt(person, now=now, answered=True)
    record, is_scored = attempts.record_result, threading.Event()

    def slow_record(*args: Any, **kwargs: Any) -> Result:
        is_scored.set()
        time.sleep(0.5)
        return record(*args, **kwargs)

    monkeypatch.setattr(attempts, "record_result", slow_record)
    with ThreadPoolExecutor(1) as pool:
        submitting = pool.submit(_submit_closing, attempt, now)
        assert is_scored.wait(timeout=30)
        outcome = _save_closing(attempt, "o1", 99, now)
        submitting.result()
    assert outcome == "closed"
    assert attempt.answers.get(slot=1).response == "o2"


def test_score_is_that_of_the_answers_that_stand_however_saves_race(person: Person, now: datetime) -> None:
    """Row 6: eight savers and one submission from one barrier."""
    make_exam(types=("single",))
    for round_number in range(1, 6):
        attempt = make_attempt(person, now=now)
        gate = threading.Barrier(9)

        def saver(place: int, attempt: Attempt = attempt, gate: threading.Barrier = gate) -> None:
            gate.wait(timeout=30)
            for step in range(5):
                _save_closing(attempt, "o2" if (place + step) % 2 else "o1", 1 + place + step * 8, now)

        def submitter(attempt: Attempt = attempt, gate: threading.Barrier = gate) -> None:
            gate.wait(timeout=30)
            time.sleep(0.01)
            _submit_closing(attempt, now)

        with ThreadPoolExecutor(9) as pool:
            racing = [pool.submit(saver, place) for place in range(8)] + [pool.submit(submitter)]
            for each in racing:
                each.result()
        expected = Decimal(2) if attempt.answers.get().response == "o2" else Decimal(0)
        assert attempt.results.get().points == expected
        assert Result.objects.count() == round_number


def test_saves_of_one_paper_at_once_leave_one_whole_chain(person: Person, now: datetime) -> None:
    """Row 5: what was acknowledged has its line, no two have one number, and the newest of each slot stands."""
    make_exam(types=("single",) * 6)
    attempt = make_attempt(person, now=now)
    numbers = iter(range(1, 49))
    lock = threading.Lock()

    def write() -> tuple[int, Any]:
        with lock:
            sequence = next(numbers)
        slot = 1 + sequence % 6
        try:
            outcome: Any = save(attempt, slot, ["o1" if sequence % 2 else "o2"], sequence=sequence, now=now)
        except AnswerSuperseded:
            outcome = None
        return slot, outcome

    acknowledged = [each for each in at_once(write, calls=48, connections=12) if each[1]]
    receipt = receipt_for(attempt.pk)
    assert first_break(receipt) is None
    lines = {link.number: (link.slot, link.sequence, link.short) for link in receipt.links}
    # an older save that says what a newer one has saved is told the newer one's line
    assert lines == {saved.entry: (slot, saved.sequence, saved.receipt) for slot, saved in acknowledged}
    for slot in range(1, 7):
        answer = attempt.answers.get(slot=slot)
        newest = max(link.sequence for link in receipt.links if link.slot == slot)
        assert (answer.sequence, answer.response) == (newest, "o1" if newest % 2 else "o2")
        assert receipt.links[answer.entry - 1].digest == digest_of(answer.response)


def test_twenty_parallel_repetitions_of_one_save_are_one_line(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(person, now=now)
    replies = at_once(lambda: save(attempt, 1, ["o1"], sequence=3, now=now), calls=20, connections=10)
    assert len(set(replies)) == 1
    assert attempt.entries.count() == 1


def test_save_that_was_read_before_another_window_opened_is_kept_beside_the_paper(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 12: the fence is in the statement that writes."""
    make_exam()
    attempt = open_paper(attempt=make_attempt(person, now=now), opened_from="a", now=now)
    store, has_read, is_open = saving._store, threading.Event(), threading.Event()

    def late_store(*args: Any) -> bool:
        has_read.set()
        is_open.wait(timeout=30)
        return store(*args)

    def write() -> Any:
        try:
            return save(attempt, 1, ["o1"], sequence=1, now=now, fence=1)
        finally:
            connection.close()

    monkeypatch.setattr(saving, "_store", late_store)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        assert has_read.wait(timeout=30)
        open_paper(attempt=attempt, opened_from="b", now=now)
        is_open.set()
        assert isinstance(writing.result(), Held)
    assert attempt.answers.get(slot=1).response is None


def test_late_save_sent_ten_times_at_once_is_one_row_and_one_result_more(
    person: Person, now: datetime
) -> None:
    make_exam(types=("single",), late_answers="accept")
    attempt = make_attempt(person, now=now)
    late = attempt.deadline_at + timedelta(minutes=2)
    replies = at_once(lambda: save(attempt, 1, ["o2"], sequence=3, now=late), calls=10, connections=10)
    assert {type(each) for each in replies} == {Saved}
    assert len(set(replies)) == 1
    assert (attempt.held_answers.count(), attempt.results.count(), attempt.entries.count()) == (1, 2, 1)


def test_parallel_reconsiderations_store_one_decision_and_one_notice(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 37. The scheme comes after the evidence, whose own news has been dealt with by then."""
    register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析")
    complete_course(person, now)
    make_course_scheme()
    slowed(monkeypatch, decisions, "consider")
    at_once(lambda: reconsider(person=person, now=now), calls=5, connections=5)
    assert (Decision.objects.count(), Notice.objects.count()) == (1, 1)


def _save_closing(attempt: Attempt, option: str, sequence: int, now: datetime) -> str:
    """What became of it: saved, closed (kept beside the paper), or superseded."""
    try:
        outcome = save(attempt, 1, [option], sequence=sequence, now=now)
    except AnswerSuperseded:
        return "superseded"
    finally:
        if threading.current_thread() is not threading.main_thread():
            connection.close()
    return "saved" if isinstance(outcome, Saved) else "closed"


def _submit_closing(attempt: Attempt, now: datetime) -> None:
    try:
        submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now)
    finally:
        connection.close()


def test_ten_parallel_reports_are_one(person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A double click, ten times over."""
    version = make_question("Q1")
    slowed(monkeypatch, errata, "open_report")

    def report() -> Any:
        return report_erratum(
            version=version, reporter=person, kind=ErratumKind.TYPO, text="少了一个“不”字", now=now
        ).pk

    assert len(set(at_once(report, calls=10, connections=5))) == 1
    assert Erratum.objects.count() == 1


def test_reports_on_many_questions_at_once_stay_within_ten(person: Person, now: datetime) -> None:
    versions = [make_question(f"Q{number}") for number in range(14)]
    waiting = iter(versions)
    lock = threading.Lock()

    def report() -> str:
        with lock:
            version = next(waiting)
        try:
            report_erratum(
                version=version, reporter=person, kind=ErratumKind.TYPO, text="少了一个“不”字", now=now
            )
        except Refusal as refusal:
            return refusal.code
        return "sent"

    told = at_once(report, calls=14, connections=7)
    assert (told.count("sent"), told.count("too_many")) == (10, 4)


def test_answers_of_two_authors_at_once_are_one(person: Person, now: datetime) -> None:
    author, version = make_person(roles=(Role.AUTHOR,)), make_question("Q1")
    erratum = report_erratum(
        version=version, reporter=person, kind=ErratumKind.TYPO, text="少了一个“不”字", now=now
    )

    def answer() -> Any:
        return answer_erratum(erratum=erratum, accepted=True, answer="谢谢。", by=author, now=now).status

    assert set(at_once(answer, calls=6, connections=6)) == {"accepted"}
    assert Notice.objects.filter(recipient=person).count() == 1
    assert AuditEntry.objects.filter(action="erratum.answered").count() == 1
