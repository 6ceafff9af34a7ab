"""Many starts at once: one open sitting, and no attempt more than there is. SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments import attempts
from assessments.attempts import start_attempt, submit_attempt
from assessments.entry import accommodations, rehearsal
from assessments.entry.accommodations import grant_accommodation, request_accommodation
from assessments.entry.door import MOST_WRONG, Presented
from assessments.entry.exemptions import PriorCertificate, grant_exemption, request_exemption
from assessments.entry.rehearsal import ensure_rehearsal
from assessments.models import Accommodation, Answer, Attempt, ExamVersion, Exemption
from competencies.models import Evidence
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.test_races import at_once, slowed
from tests.factories import make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MINUTE = timedelta(minutes=1)


def outcome(call: Any) -> str:
    """Whether a call went through, else the code of its refusal."""
    try:
        call()
    except Refusal as refusal:
        return refusal.code
    return "done"


def test_fifty_starts_open_one_sitting_and_one_paper(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 4."""
    make_exam(max_attempts=1)
    slowed(monkeypatch, attempts, "candidacy_of")
    started = at_once(
        lambda: start_attempt(person=person, exam_key="base", now=now).pk, calls=50, connections=20
    )
    assert set(started) == {Attempt.objects.get().pk}
    assert Answer.objects.count() == 2
    assert AuditEntry.objects.filter(action="attempt.started").count() == 1


def test_two_windows_cannot_overdraw_the_attempts(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them starts and hands in at once, with two attempts left for twelve calls."""
    make_exam(max_attempts=3)
    make_submitted(person, now=now)
    slowed(monkeypatch, attempts, "why_not_start")

    def sit() -> str:
        def go() -> None:
            attempt = start_attempt(person=person, exam_key="base", now=now)
            submit_attempt(attempt_id=attempt.pk, by=person, now=now)

        return outcome(go)

    told = at_once(sit, calls=12, connections=6)
    assert set(told) <= {"done", "attempts_used"}
    assert Attempt.objects.count() <= 3
    while sit() == "done":
        assert Attempt.objects.count() <= 3
    assert Attempt.objects.count() == 3


def test_many_starts_of_different_people_do_not_wait_for_each_other_for_ever(now: datetime) -> None:
    make_exam()
    people = iter([make_person() for _number in range(24)])
    told = at_once(
        lambda: start_attempt(person=next(people), exam_key="base", now=now).status, calls=24, connections=12
    )
    assert told == ["open"] * 24


def test_wrong_codes_typed_at_once_are_all_counted(person: Person, now: datetime) -> None:
    """Row 27: twenty windows of one person try no more than ten codes."""
    make_exam(access_code="QL")

    def guess() -> str:
        return outcome(
            lambda: start_attempt(person=person, exam_key="base", now=now, presented=Presented(code="x"))
        )

    told = at_once(guess, calls=20, connections=10)
    assert (told.count("wrong_code"), told.count("code_wait")) == (MOST_WRONG, 10)


def test_requests_at_once_are_one(person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    make_exam()
    slowed(monkeypatch, accommodations, "_check_released")

    def ask() -> Any:
        return request_accommodation(person=person, exam_key="base", time_factor=Decimal("1.5"), now=now).pk

    assert len(set(at_once(ask, calls=10, connections=5))) == 1
    assert Accommodation.objects.count() == 1


def test_grants_at_once_give_the_time_once(now: datetime) -> None:
    make_exam()
    learner, chief = make_person(), make_person(roles=(Role.ADMINISTRATOR,))
    asked = request_accommodation(person=learner, exam_key="base", time_factor=Decimal("1.5"), now=now)
    attempt = start_attempt(person=learner, exam_key="base", now=now)

    def grant() -> Any:
        return grant_accommodation(
            accommodation=asked, time_factor=Decimal("1.5"), extra_attempts=0, by=chief, now=now
        ).status

    assert set(at_once(grant, calls=10, connections=5)) == {"granted"}
    attempt.refresh_from_db()
    assert attempt.deadline_at == now + 30 * MINUTE
    assert AuditEntry.objects.filter(action="accommodation.granted").count() == 1


def test_grant_that_meets_a_start_is_never_lost(now: datetime) -> None:
    """Whichever comes first: the sitting has the time."""
    make_exam()
    chief = make_person(roles=(Role.ADMINISTRATOR,))
    for _round in range(5):
        learner = make_person()
        asked = request_accommodation(person=learner, exam_key="base", time_factor=Decimal("1.5"), now=now)
        steps = iter(
            [
                lambda learner=learner: start_attempt(person=learner, exam_key="base", now=now),
                lambda asked=asked: grant_accommodation(
                    accommodation=asked,
                    time_factor=Decimal("1.5"),
                    extra_attempts=0,
                    by=chief,
                    now=now,
                ),
            ]
        )
        at_once(lambda steps=steps: next(steps)(), calls=2, connections=2)
        assert Attempt.objects.get(person=learner).deadline_at == now + 30 * MINUTE


def test_certificates_granted_at_once_are_one_piece_of_evidence(now: datetime) -> None:
    make_exam()
    learner, chief = make_person(), make_person(roles=(Role.ADMINISTRATOR,))
    asked = request_exemption(
        person=learner,
        exam_key="base",
        certificate=PriorCertificate("证书", "某处", now.date()),
        file=SimpleUploadedFile("证书.pdf", b"%PDF-1.4"),
        now=now,
    )
    told = at_once(
        lambda: grant_exemption(exemption=asked, word="", by=chief, now=now).status, calls=10, connections=5
    )
    assert set(told) == {"granted"}
    assert (Evidence.objects.count(), Notice.objects.filter(recipient=learner).count()) == (1, 1)
    assert Exemption.objects.get().status == "granted"


def test_rehearsal_wanted_by_many_for_the_first_time_is_put_there_once(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowed(monkeypatch, rehearsal, "_released")
    found = at_once(lambda: ensure_rehearsal(now=now).pk, calls=6, connections=6)
    assert set(found) == {ExamVersion.objects.get().pk}
