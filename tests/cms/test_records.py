"""Records: one's own, and those of the people in one's scope; everybody else's does not exist."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from certificates.models import Certificate
from certificates.names import ask_confirmation
from competencies.ledger import record_evidence, register_subject
from competencies.models import EvidenceKind, SubjectKind
from mentoring.pairings import end_pairing
from mentoring.terms import PairingResult, Tier
from people.models import Account, Membership, Person, Role
from people.notices import send_notice
from tests.certificates.making import NOW, make_certificate, make_scheme, someone_else
from tests.factories import make_organisation, make_person
from tests.mentoring.factories import make_pairing, make_participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> dict[str, Any]:
    """A district with two sub-districts of one community each."""
    district = make_organisation("QH")
    streets = {code: make_organisation(code, district) for code in ("QH-01", "QH-02")}
    homes = {f"{code}01": make_organisation(f"{code}01", street) for code, street in streets.items()}
    return {"QH": district, **streets, **homes}


def names(client: Client, query: str = "") -> list[str]:
    """Whom the list of people shows, by staff number."""
    return [account.name for account, _membership in client.get(f"/people/{query}").context["rows"]]


def page_of(person: Person) -> str:
    return f"/people/{person.pk}/"


@pytest.mark.postgres
def test_own_record_shows_evidence_certificate_and_hours(login: Any) -> None:
    certificate = make_certificate("许知秋")
    page = login(certificate.person).get("/me/").content.decode()
    for text in ("许知秋", certificate.serial, "数据分析", "基础模块考试", "8 学时"):
        assert text in page
    assert f"/certificates/{certificate.serial}/pdf/" in page


def test_record_says_scores_in_percent_without_rounding(login: Any) -> None:
    person = make_person()
    subject = register_subject(kind=SubjectKind.EXAM, key="base", title="基础模块考试", url="/exams/base/")
    record_evidence(
        person=person,
        kind=EvidenceKind.EXAM,
        subject=subject,
        version_hash="a" * 64,
        score=Decimal("0.125"),
        occurred_at=NOW,
        source_key="e:1",
        now=NOW,
    )
    page = login(person).get("/me/")
    assert [line.score for line in page.context["record"].evidence] == ["12.5%"]
    assert (">12.5%</td>" in page.content.decode(), "得分 12.5%" in page.content.decode()) == (True, True)


def test_only_the_holder_is_led_to_what_is_missing(login: Any) -> None:
    make_scheme()
    viewer = make_participant(Tier.BACKBONE, capacity=2)
    mentee = make_pairing(mentor=viewer, mentee=make_participant(Tier.NEW)).mentee
    own = login(mentee).get("/me/").content.decode()
    others = login(viewer).get(page_of(mentee)).content.decode()
    assert ("去学课程" in own or "去考试" in own) is True
    assert [text in others for text in ("去学课程", "去考试", "去推演")] == [False, False, False]


def test_own_record_asks_how_the_name_is_written(login: Any) -> None:
    person = make_person()
    asked = ask_confirmation(person=person, scheme_key=make_scheme().key, by=None, now=NOW)
    assert f"/certificates/names/{asked.pk}/" in login(person).get("/me/").content.decode()


def test_own_record_of_somebody_new_invites(login: Any) -> None:
    page = login(make_person("谢长河")).get("/me/").content.decode()
    assert ("谢长河" in page, "0 学时" in page) == (True, True)


def test_organisation_is_that_of_today_in_shanghai(login: Any, tree: Any, monkeypatch: Any) -> None:
    """At half past midnight it is still yesterday in Greenwich."""
    moved_at = datetime(2026, 11, 22, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    person = make_person(organisation=tree["QH-0101"])
    Membership.objects.filter(person=person).update(since_on=moved_at.date())
    monkeypatch.setattr("django.utils.timezone.now", lambda: moved_at)
    assert login(person).get("/me/").context["record"].organisation == tree["QH-0101"]


@pytest.mark.parametrize(
    "path",
    ["/me/", "/me/notices/", "/people/", "/people/00000000-0000-4000-8000-000000000001/", "/mentoring/"],
)
def test_visitor_is_asked_to_sign_in(path: str, client: Client) -> None:
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("path", ["/", "/me/", "/me/notices/", "/mentoring/"])
def test_personal_pages_are_kept_by_nobody(path: str, login: Any) -> None:
    """faults.md row 20."""
    assert login(make_person()).get(path)["Cache-Control"] == "private, no-store"


def test_administrator_sees_the_own_subtree_only(login: Any, tree: Any) -> None:
    own, other = (
        make_person(name, organisation=tree[code]) for name, code in (("甲", "QH-0101"), ("乙", "QH-0201"))
    )
    administrator = make_person("管", organisation=tree["QH-01"], roles=(Role.ADMINISTRATOR,))
    client = login(administrator)
    assert sorted(names(client)) == ["甲", "管"]
    assert (client.get(page_of(own)).status_code, client.get(page_of(other)).status_code) == (200, 404)


def test_administrator_of_the_district_sees_everybody(login: Any, tree: Any) -> None:
    for name, code in (("甲", "QH-0101"), ("乙", "QH-0201")):
        make_person(name, organisation=tree[code])
    client = login(make_person("管", organisation=tree["QH"], roles=(Role.ISSUER,)))
    assert sorted(names(client)) == ["乙", "甲", "管"]
    assert names(client, "?q=甲") == ["甲"]
    number = Account.objects.get(name="乙").staff_number
    assert names(client, f"?q={number}") == ["乙"]
    assert "没有找到" in client.get("/people/?q=丙").content.decode()


@pytest.mark.parametrize("roles", [(), (Role.AUTHOR,), (Role.EXAMINER,)])
def test_list_of_people_is_for_administrators(roles: tuple[Role, ...], login: Any) -> None:
    assert login(make_person(roles=roles)).get("/people/").status_code == 403


def test_list_takes_as_many_queries_at_three_people_as_at_one(
    login: Any, tree: Any, django_assert_num_queries: Any
) -> None:
    client = login(make_person(organisation=tree["QH"], roles=(Role.ADMINISTRATOR,)))
    client.get("/people/")
    for more in (0, 2):
        for _ in range(more):
            make_person(organisation=tree["QH-0101"])
        with django_assert_num_queries(7):
            client.get("/people/")


def test_own_page_among_the_people_is_the_own_record(login: Any) -> None:
    person = make_person()
    assert login(person).get(page_of(person))["Location"] == "/me/"


def test_mentor_sees_the_mentee_until_the_pairing_ends(login: Any) -> None:
    """faults.md row 23: at once, not at midnight."""
    mentor, mentee = make_participant(Tier.BACKBONE, capacity=2), make_participant(Tier.NEW)
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    pairing = make_pairing(mentor=mentor, mentee=mentee, by=administrator)
    client = login(mentor)
    assert client.get(page_of(mentee)).status_code == 200
    assert mentee.account.name in client.get("/mentoring/").content.decode()
    end_pairing(
        pairing=pairing, result=PairingResult.DISSOLVED, by=administrator, now=NOW - timedelta(seconds=1)
    )
    assert client.get(page_of(mentee)).status_code == 404
    assert mentee.account.name not in client.get("/mentoring/").content.decode()


def test_mentor_opens_each_debrief_from_the_mentees_record(login: Any) -> None:
    mentor, mentee = make_participant(Tier.BACKBONE, capacity=2), make_participant(Tier.NEW)
    make_pairing(mentor=mentor, mentee=mentee, by=make_person(roles=(Role.ADMINISTRATOR,)))
    subject = register_subject(kind=SubjectKind.SCENARIO, key="S1", title="老楼新梯")
    run = "6e7f3c1e-0c8f-4f6e-9a3e-3f3c9d4b8a10"
    for key in (f"playthrough:{run}", f"playthrough:{run}:regrade:1"):
        record_evidence(
            person=mentee,
            subject=subject,
            kind=EvidenceKind.SCENARIO,
            version_hash="a" * 64,
            source_key=key,
            occurred_at=NOW,
            now=NOW,
        )
    page = login(mentor).get(page_of(mentee)).content.decode()
    assert page.count(f'href="/simulations/runs/{run}/debrief/"') == 2


def test_mentee_does_not_see_the_mentors_record(login: Any) -> None:
    pairing = make_pairing()
    assert login(pairing.mentee).get(page_of(pairing.mentor)).status_code == 404


def test_others_see_a_certificate_but_no_download_that_would_be_refused(login: Any) -> None:
    certificate: Certificate = make_certificate("许知秋")
    page = login(someone_else(certificate)).get(page_of(certificate.person)).content.decode()
    assert (certificate.serial in page, "/pdf/" in page) == (True, False)


def test_notices_are_new_once(login: Any) -> None:
    person, other = make_person(), make_person()
    for recipient in (person, other):
        send_notice(
            recipient=recipient, title="有新课", source_key=f"n:{recipient.pk}", now=NOW, url="/courses/"
        )
    client = login(person)
    first, second = (client.get("/me/notices/").content.decode() for _ in range(2))
    assert ("有新课" in first, "有新课" in second) == (True, True)
    assert (first.count('data-state="due"'), second.count('data-state="due"')) == (1, 0)
    assert other.notices.get().read_at is None


def test_reading_the_home_page_does_not_read_the_news(login: Any) -> None:
    person = make_person()
    send_notice(recipient=person, title="有新课", source_key="n:1", now=NOW)
    login(person).get("/")
    assert person.notices.get().read_at is None
