"""Prior certificates and practice are entered by an administrator who oversees the person, once, and audited."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from assessments.decisions import decide
from assessments.schemes.recognising import (
    WithdrawalReason,
    recognise_certificate,
    record_practice,
    register_certificate,
    withdraw_entry,
)
from competencies.ledger import register_subject
from competencies.models import Evidence, Subject, SubjectKind
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person, Role
from tests.assessments.schemes.making import COURSE, make_subjects, record, release
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db

TOKEN = UUID(int=1)
CERTIFICATE = {
    "id": "prior",
    "kind": "certificate",
    "title": "已有社工证",
    "subject": "social-worker",
    "minutes": 600,
}
PRACTICE = {"id": "practice", "kind": "practice", "title": "实践 8 学时", "hours": 8, "minutes": 480}


@pytest.fixture
def administrator(db: None) -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def worker(db: None) -> Person:
    return make_person()


@pytest.fixture
def subject(administrator: Person, now: datetime) -> Subject:
    return register_certificate(key="social-worker", title="助理社会工作师", by=administrator, now=now)


def recognised(worker: Person, subject: Subject, by: Person, now: datetime, **more: Any) -> Evidence:
    issued_on = more.pop("issued_on", date(2024, 6, 1))
    return recognise_certificate(person=worker, subject=subject, issued_on=issued_on, by=by, now=now)


def practised(worker: Person, by: Person, now: datetime, **more: Any) -> Evidence:
    values = {
        "subject": Subject.objects.get(key="data"),
        "hours": Decimal("8"),
        "on": date(2026, 11, 1),
        "token": TOKEN,
    }
    return record_practice(person=worker, by=by, now=now, **{**values, **more})


def test_a_recognised_certificate_meets_its_rule_and_is_as_old_as_the_paper(
    worker: Person, subject: Subject, administrator: Person, now: datetime
) -> None:
    release(CERTIFICATE)
    evidence = recognised(worker, subject, administrator, now)
    assert decide(person=worker, scheme_key="digital", now=now).met is True
    release({**CERTIFICATE, "max_age_months": 24})
    assert decide(person=worker, scheme_key="digital", now=now).met is False
    assert (evidence.score, evidence.weights, evidence.occurred_at.date()) == (None, {}, date(2024, 6, 1))


def test_a_certificate_is_recognised_once_and_again_after_it_was_taken_back(
    worker: Person, subject: Subject, administrator: Person, now: datetime
) -> None:
    first = recognised(worker, subject, administrator, now)
    assert recognised(worker, subject, administrator, now) == first
    for _click in range(2):
        withdraw_entry(reason=WithdrawalReason.MISTAKE, evidence=first, by=administrator, now=now)
    assert Evidence.objects.standing().count() == 0
    assert recognised(worker, subject, administrator, now) != first
    assert Evidence.objects.standing().count() == 1
    actions = AuditEntry.objects.filter(target__startswith="competencies.evidence").values_list(
        "action", flat=True
    )
    assert list(actions.order_by("pk")) == [
        "certificate.recognised",
        "evidence.withdrawn",
        "certificate.recognised",
    ]


def test_practice_adds_up_and_a_form_sent_twice_is_one_entry(
    worker: Person, administrator: Person, now: datetime
) -> None:
    release(PRACTICE)
    first = practised(worker, administrator, now, hours=Decimal("4.5"))
    assert practised(worker, administrator, now, hours=Decimal("4.5")) == first
    assert decide(person=worker, scheme_key="digital", now=now).met is False
    practised(worker, administrator, now, hours=Decimal("3.5"), token=UUID(int=2))
    assert decide(person=worker, scheme_key="digital", now=now).met is True
    withdraw_entry(reason=WithdrawalReason.MISTAKE, evidence=first, by=administrator, now=now)
    assert decide(person=worker, scheme_key="digital", now=now).met is False
    assert AuditEntry.objects.filter(action="practice.recorded").count() == 2


@pytest.mark.parametrize("who", ["oneself", "stranger", "colleague"])
def test_only_an_administrator_above_and_never_oneself(
    who: str, subject: Subject, administrator: Person, worker: Person, now: datetime
) -> None:
    make_subjects()
    kept = recognised(worker, subject, administrator, now)
    elsewhere = make_organisation("XX")
    by = {
        "oneself": administrator,
        "stranger": make_person(organisation=elsewhere, roles=(Role.ADMINISTRATOR,)),
        "colleague": make_person(),
    }[who]
    whom = administrator if who == "oneself" else worker
    acts = [lambda: recognised(whom, subject, by, now), lambda: practised(whom, by, now)]
    if who != "oneself":
        acts.append(lambda: withdraw_entry(reason=WithdrawalReason.MISTAKE, evidence=kept, by=by, now=now))
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert list(Evidence.objects.all()) == [kept]


def test_kinds_of_certificates_are_registered_by_administrators(administrator: Person, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        register_certificate(key="a", title="证", by=make_person(), now=now)
    for key, title, code in (("a b", "证", "key"), ("a", " ", "title"), ("a", "长" * 121, "title")):
        with pytest.raises(Refusal) as refused:
            register_certificate(key=key, title=title, by=administrator, now=now)
        assert refused.value.code == code
    assert Subject.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"hours": Decimal(0)}, "hours"),
        ({"hours": Decimal("200.1")}, "hours"),
        ({"hours": Decimal("1.25")}, "hours"),
        ({"on": date(2026, 11, 23)}, "on"),
    ],
)
def test_practice_that_cannot_have_been_is_refused(
    wrong: Any, code: str, worker: Person, administrator: Person, now: datetime
) -> None:
    make_subjects()
    with pytest.raises(Refusal) as refused:
        practised(worker, administrator, now, **wrong)
    assert refused.value.code == code


def test_a_certificate_of_tomorrow_or_of_another_kind_is_refused(
    worker: Person, subject: Subject, administrator: Person, now: datetime
) -> None:
    make_subjects()
    with pytest.raises(Refusal) as refused:
        recognised(worker, subject, administrator, now, issued_on=now.date() + timedelta(days=1))
    assert refused.value.code == "issued_on"
    with pytest.raises(Refusal) as refused:
        recognised(worker, Subject.objects.get(key="data"), administrator, now)
    assert refused.value.code == "subject"


def test_what_a_course_recorded_is_not_taken_back_by_hand(
    worker: Person, administrator: Person, now: datetime
) -> None:
    make_subjects()
    evidence = record(worker, "course:1", now)
    with pytest.raises(Refusal) as refused:
        withdraw_entry(reason=WithdrawalReason.MISTAKE, evidence=evidence, by=administrator, now=now)
    assert refused.value.code == "other"


def test_our_own_certificates_are_neither_registered_nor_recognised(
    worker: Person, administrator: Person, now: datetime
) -> None:
    """They bear the key of their scheme; a title by hand would be printed for them everywhere."""
    release(COURSE)
    ours = register_subject(kind=SubjectKind.CERTIFICATE, key="digital", title="培训合格证书")
    with pytest.raises(Refusal) as refused:
        register_certificate(key="digital", title="别的", by=administrator, now=now)
    assert refused.value.code == "key"
    with pytest.raises(Refusal) as refused:
        recognised(worker, ours, administrator, now)
    assert refused.value.code == "subject"
    assert Evidence.objects.count() == 0


def test_a_form_sent_again_with_other_values_or_after_a_withdrawal_is_not_taken_for_sent(
    worker: Person, administrator: Person, now: datetime
) -> None:
    make_subjects()
    first = practised(worker, administrator, now)
    changed: list[dict[str, Any]] = [
        {"hours": Decimal("7")},
        {"on": date(2026, 11, 2)},
        {"subject": Subject.objects.get(key="base")},
    ]
    for values in changed:
        with pytest.raises(Refusal) as refused:
            practised(worker, administrator, now, **values)
        assert refused.value.code == "token"
    with pytest.raises(Refusal):
        practised(make_person(), administrator, now)
    withdraw_entry(reason=WithdrawalReason.WRONG, evidence=first, by=administrator, now=now)
    with pytest.raises(Refusal):
        practised(worker, administrator, now)
    entry = AuditEntry.objects.get(action="evidence.withdrawn")
    assert entry.detail["reason"] == "wrong"
    assert Evidence.objects.count() == 2
