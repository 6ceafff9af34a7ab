"""学时与证书登记: an administrator enters practice and prior certificates of their people, and takes entries back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from assessments.decisions import decide
from assessments.schemes.recognising import recognise_certificate, record_practice, register_certificate
from competencies.models import Evidence, Subject, SubjectKind
from people.models import Account, Person, Role
from tests.assessments.making import open_admin
from tests.assessments.schemes.making import COURSE, make_subjects, record, release
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
BASE = "/admin/recognitions/"
CERTIFICATE = {
    "id": "prior",
    "kind": "certificate",
    "title": "已有社工证",
    "subject": "social-worker",
    "minutes": 600,
}
PRACTICE = {"id": "practice", "kind": "practice", "title": "实践 8 学时", "hours": 8, "minutes": 480}
TOKEN = str(UUID(int=7))


@pytest.fixture(autouse=True)
def admin(db: None) -> None:
    open_admin()
    make_subjects()


@pytest.fixture
def now() -> datetime:
    """The pages ask the machine's own clock."""
    return timezone.now()


@pytest.fixture
def administrator() -> Person:
    return make_person("何管", roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def office(administrator: Person, login: Any) -> Client:
    return login(administrator)


@pytest.fixture
def worker() -> Person:
    return make_person("许知秋")


@pytest.fixture
def kind(administrator: Person, now: datetime) -> Subject:
    return register_certificate(key="social-worker", title="助理社会工作师", by=administrator, now=now)


def number(person: Person) -> str:
    return Account.objects.get(person=person).staff_number


def hours_of(worker: Person, **more: Any) -> dict[str, Any]:
    course = Subject.objects.get(key="data")
    said = {"person": number(worker), "subject": course.pk, "hours": "8", "on": "2026-01-05", "token": TOKEN}
    return {**said, **more}


def paper_of(worker: Person, kind: Subject, **more: Any) -> dict[str, Any]:
    return {"person": number(worker), "subject": kind.pk, "issued_on": "2024-06-01", **more}


def entered(worker: Person, by: Person, now: datetime, token: int = 1) -> Evidence:
    return record_practice(
        person=worker,
        subject=Subject.objects.get(key="data"),
        hours=Decimal(8),
        on=date(2026, 1, 5),
        token=UUID(int=token),
        by=by,
        now=now,
    )


def told_at(answer: Any, field: str | None) -> list[str]:
    """What stands beside a field, or above the form."""
    assert answer.status_code == 422
    form = answer.context["form"]
    return list(form.errors.get(field, [])) if field else list(form.non_field_errors())


def met(worker: Person) -> bool:
    return decide(person=worker, scheme_key="digital", now=timezone.now()).met


def test_recorded_hours_meet_the_rule_until_they_are_withdrawn(office: Client, worker: Person) -> None:
    release(PRACTICE)
    assert met(worker) is False
    for _click in range(2):
        answer = office.post(f"{BASE}practice/", hours_of(worker))
        assert (answer.status_code, answer["Location"]) == (302, BASE)
    row = Evidence.objects.get()
    assert (row.hours, timezone.localdate(row.occurred_at), met(worker)) == (8, date(2026, 1, 5), True)
    page = office.get(BASE).content.decode()
    assert [text in page for text in ("许知秋", "实践 8 学时：《数据分析》", "何管")] == [True] * 3
    assert "不再计算" in office.get(f"{BASE}{row.pk}/withdraw/").content.decode()
    assert told_at(office.post(f"{BASE}{row.pk}/withdraw/"), "reason") == ["请填写这一项。"]
    assert met(worker) is True
    for _click in range(2):
        answer = office.post(f"{BASE}{row.pk}/withdraw/", {"reason": "mistake"})
        assert (answer.status_code, answer["Location"]) == (302, BASE)
    assert (met(worker), Evidence.objects.count()) == (False, 2)
    page = office.get(BASE).content.decode()
    assert [text in page for text in ("已撤销", "误登记", f"{row.pk}/withdraw/")] == [True, True, False]
    assert office.get(f"{BASE}{row.pk}/withdraw/")["Location"] == BASE


def test_recognised_certificate_meets_the_rule_until_it_is_withdrawn(
    office: Client, worker: Person, kind: Subject
) -> None:
    release(CERTIFICATE)
    for _click in range(2):
        answer = office.post(f"{BASE}certificate/", paper_of(worker, kind, person="许知秋"))
        assert (answer.status_code, answer["Location"]) == (302, BASE)
    row = Evidence.objects.get()
    assert (timezone.localdate(row.occurred_at), met(worker)) == (date(2024, 6, 1), True)
    other_day = office.post(f"{BASE}certificate/", paper_of(worker, kind, issued_on="2024-07-01"))
    assert "2024-06-01" in told_at(other_day, "issued_on")[0]
    office.post(f"{BASE}{row.pk}/withdraw/", {"reason": "unproven"})
    assert met(worker) is False


def test_a_form_changed_after_it_was_sent_asks_once_and_then_makes_its_own_entry(
    office: Client, worker: Person
) -> None:
    office.post(f"{BASE}practice/", hours_of(worker))
    changed = hours_of(worker, hours="3")
    answer = office.post(f"{BASE}practice/", changed)
    assert len(told_at(answer, None)) == 1
    token = answer.context["form"]["token"].value()
    assert token != TOKEN
    assert office.post(f"{BASE}practice/", {**changed, "token": token}).status_code == 302
    assert sorted(Evidence.objects.values_list("hours", flat=True)) == [3, 8]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"person": "没有这个人"}, "person"),
        ({"hours": "0"}, "hours"),
        ({"hours": "200.1"}, "hours"),
        ({"hours": "1.25"}, "hours"),
        ({"hours": "八"}, "hours"),
        ({"on": (timezone.localdate() + timedelta(days=2)).isoformat()}, "on"),
        ({"on": "昨天"}, "on"),
        ({"subject": "0"}, "subject"),
        ({"token": "x"}, "token"),
    ],
)
def test_practice_that_cannot_be_is_told_at_its_field(
    wrong: dict[str, str], field: str, office: Client, worker: Person
) -> None:
    assert len(told_at(office.post(f"{BASE}practice/", hours_of(worker, **wrong)), field)) == 1
    assert Evidence.objects.count() == 0


def test_practice_is_not_done_for_exams_nor_a_course_recognised(
    office: Client, worker: Person, kind: Subject
) -> None:
    exam, course = Subject.objects.get(key="base"), Subject.objects.get(key="data")
    assert told_at(office.post(f"{BASE}practice/", hours_of(worker, subject=exam.pk)), "subject")
    assert told_at(office.post(f"{BASE}certificate/", paper_of(worker, course)), "subject")
    tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()
    assert told_at(
        office.post(f"{BASE}certificate/", paper_of(worker, kind, issued_on=tomorrow)), "issued_on"
    )
    assert Evidence.objects.count() == 0


def test_strangers_and_oneself_are_not_found_and_namesakes_are_told_apart(
    office: Client, administrator: Person, worker: Person, kind: Subject
) -> None:
    stranger = make_person("陌生人", organisation=make_organisation("XX"))
    for said in (number(stranger), "陌生人", number(administrator)):
        for path, values in (("practice/", hours_of(worker)), ("certificate/", paper_of(worker, kind))):
            answer = office.post(BASE + path, {**values, "person": said})
            assert told_at(answer, "person") == ["在你管辖的单位里没有找到这个人，或者这是你自己。"]
    namesake = make_person("许知秋")
    (said,) = told_at(office.post(f"{BASE}practice/", hours_of(worker, person="许知秋")), "person")
    assert [number(each) in said for each in (worker, namesake)] == [True, True]
    assert Evidence.objects.count() == 0


def test_kinds_are_added_with_a_proposed_key_and_never_retitled(office: Client, worker: Person) -> None:
    release(COURSE)
    assert office.get(f"{BASE}kind/").context["form"]["key"].value() == "prior-1"
    said = {"key": "prior-1", "title": "助理社会工作师"}
    for _click in range(2):
        assert office.post(f"{BASE}kind/", said)["Location"] == f"{BASE}certificate/"
    assert office.get(f"{BASE}kind/").context["form"]["key"].value() == "prior-2"
    assert told_at(office.post(f"{BASE}kind/", {**said, "title": "别的"}), "key")
    assert told_at(office.post(f"{BASE}kind/", {**said, "key": "digital"}), "key")
    assert told_at(office.post(f"{BASE}kind/", {"key": "a b", "title": ""}), "title") == ["请填写这一项。"]
    assert list(Subject.objects.filter(kind=SubjectKind.CERTIFICATE).values_list("key", "title")) == [
        ("prior-1", "助理社会工作师")
    ]


def test_certificates_issued_here_are_not_offered(office: Client, kind: Subject) -> None:
    release(COURSE)
    Subject.objects.create(kind=SubjectKind.CERTIFICATE, key="digital", title="培训合格证书")
    offered = office.get(f"{BASE}certificate/").context["form"].fields["subject"].queryset
    assert list(offered) == [kind]


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EXAMINER, Role.ISSUER, None])
def test_the_section_is_closed_to_others(
    role: Role | None, administrator: Person, worker: Person, kind: Subject, login: Any, now: datetime
) -> None:
    row = entered(worker, administrator, now)
    client = login(make_person(roles=(role,) if role else ()))
    for path in ("", "practice/", "certificate/", "kind/", f"{row.pk}/withdraw/"):
        for answer in (client.get(BASE + path), client.post(BASE + path, {"reason": "mistake"})):
            assert answer.status_code in (302, 403)
            assert answer.get("Location") != BASE
            assert "许知秋" not in answer.content.decode()
    assert list(Evidence.objects.all()) == [row]


def test_entries_of_strangers_and_of_oneself_are_not_ones_own_to_withdraw(
    administrator: Person, office: Client, worker: Person, login: Any, now: datetime
) -> None:
    colleague = make_person(roles=(Role.ADMINISTRATOR,))
    about_me = entered(administrator, colleague, now, token=2)
    row = entered(worker, administrator, now)
    course = record(worker, "course:1", now)
    elsewhere = login(make_person(organisation=make_organisation("XX"), roles=(Role.ADMINISTRATOR,)))
    assert "许知秋" not in elsewhere.get(BASE).content.decode()
    for client, pk in ((elsewhere, row.pk), (office, about_me.pk), (office, course.pk), (office, 0)):
        for answer in (client.get(f"{BASE}{pk}/withdraw/"), client.post(f"{BASE}{pk}/withdraw/")):
            assert answer.status_code == 404
    page = office.get(BASE).content.decode()
    assert [f"{each.pk}/withdraw/" in page for each in (row, about_me, course)] == [True, False, False]
    assert "no-store" in office.get(BASE)["Cache-Control"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_the_same_however_long(
    count: int,
    administrator: Person,
    office: Client,
    kind: Subject,
    now: datetime,
    django_assert_num_queries: Any,
) -> None:
    for each in range(count):
        worker = make_person()
        entered(worker, administrator, now, token=each)
        recognise_certificate(
            person=worker, subject=kind, issued_on=date(2024, 6, 1), by=administrator, now=now
        )
    office.get(BASE)
    with django_assert_num_queries(13):
        office.get(BASE)
