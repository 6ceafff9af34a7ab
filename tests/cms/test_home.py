"""The first page: a door for visitors; for everybody else what to do next, most urgent first."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.attempts import start_attempt
from certificates.names import ask_confirmation
from cms.demo.pack import PACK
from courses.enrolments import enrol
from mentoring.terms import Tier
from people.models import Account, Person, Role
from people.notices import send_notice
from people.roles import grant_role
from simulations.drafts import store_draft
from simulations.models import Playthrough
from simulations.playing import start_playthrough
from simulations.releasing import release_scenario
from tests.assessments.making import make_exam, make_submitted
from tests.certificates.making import (
    NOW,
    make_batch,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
)
from tests.courses.factories import release
from tests.factories import LONG_AGO, make_organisation, make_person
from tests.mentoring.factories import make_pairing, make_participant

pytestmark = pytest.mark.django_db
LAST_WEEK = NOW - timedelta(days=7)


def steps_of(client: Client, query: str = "") -> list[tuple[str, str]]:
    """What the page proposes, in order: title and address."""
    context = client.get(f"/{query}").context
    return [(step.title, step.url) for step in (context.get("steps") or context.get("waiting") or [])]


def take(person: Person, *slugs: str, **fields: Any) -> None:
    """Enrol in released courses."""
    for slug in slugs:
        release(slug, now=LAST_WEEK, title=f"课程{slug}", **fields)
        enrol(person=person, course_key=slug, now=LAST_WEEK)


def begin_rehearsal(person: Person) -> Playthrough:
    """Start 老楼新梯 and leave it open."""
    document = json.loads((PACK / "scenarios/s1.json").read_text(encoding="utf-8"))
    release_scenario(draft=store_draft(document=document, by=None, now=LAST_WEEK), by=None, now=LAST_WEEK)
    return start_playthrough(person=person, scenario_key="S1", now=LAST_WEEK)


def test_visitor_finds_the_two_doors_and_no_cookie(client: Client) -> None:
    response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert ('href="/accounts/login/"' in page, 'href="/verify/"' in page) == (True, True)
    assert "主菜单" not in page
    assert not response.cookies


def test_new_worker_is_led_to_the_courses(login: Any) -> None:
    response = login(make_person("林小满")).get("/")
    page = response.content.decode()
    assert "林小满" in page
    assert response.context["steps"] == []
    assert 'href="/courses/"' in page


def test_worker_goes_on_with_the_next_lesson(login: Any) -> None:
    person = make_person()
    take(person, "lift", lessons=2)
    assert steps_of(login(person)) == [("课 lesson-1", "/courses/lift/lessons/lesson-1/")]


def test_open_rehearsal_waits(login: Any) -> None:
    person = make_person()
    run = begin_rehearsal(person)
    assert steps_of(login(person)) == [("接着推演《老楼新梯》", f"/simulations/runs/{run.pk}/")]


def test_name_confirmation_comes_before_everything(login: Any) -> None:
    person = make_person()
    take(person, "lift")
    asked = ask_confirmation(
        person=person, scheme_key=make_scheme().key, by=None, now=LAST_WEEK + timedelta(5)
    )
    first, second = steps_of(login(person))
    assert first == ("核对证书上的姓名", f"/certificates/names/{asked.pk}/")
    assert second[1] == "/courses/lift/lessons/lesson-1/"


def test_mentor_is_led_to_the_mentees(login: Any) -> None:
    mentor = make_participant(Tier.BACKBONE, capacity=3)
    make_pairing(mentor=mentor)
    assert ("我的徒弟", "/mentoring/") in steps_of(login(mentor))


@pytest.mark.parametrize(
    ("query", "minutes"), [("", 10), ("?m=5", 5), ("?m=20", 20), ("?m=7", 10), ("?m=²", 10), ("?m=x", 10)]
)
def test_minutes_are_one_of_three(query: str, minutes: int, login: Any) -> None:
    assert login(make_person()).get(f"/{query}").context["minutes"] == minutes


def test_what_fits_the_minutes_comes_first(login: Any) -> None:
    person = make_person()
    take(person, "lift")
    begin_rehearsal(person)
    client = login(person)
    assert [title for title, _url in steps_of(client, "?m=10")] == ["课 lesson-1", "接着推演《老楼新梯》"]
    assert [title for title, _url in steps_of(client, "?m=20")] == ["接着推演《老楼新梯》", "课 lesson-1"]


@pytest.mark.postgres
def test_worker_sees_standing_radar_news_and_mentor(login: Any) -> None:
    mentee = make_participant(Tier.NEW)
    pairing = make_pairing(mentee=mentee)
    make_scheme()
    send_notice(recipient=mentee, title="一条新消息", source_key="n:1", now=NOW)
    page = login(mentee).get("/").content.decode()
    for text in ("数字治理 1+N（初级）", "六轴能力图", "一条新消息", pairing.mentor.account.name):
        assert text in page


def test_batch_waits_for_the_second_person_only(login: Any) -> None:
    make_issuer()
    scheme, (proposer, approver) = make_scheme(), make_issuing_pair()
    batch = make_batch([make_eligible(scheme=scheme)], scheme=scheme, pair=(proposer, approver))
    assert steps_of(login(approver)) == [("2026-11", f"/certificates/batches/{batch.pk}/")]
    assert steps_of(login(proposer)) == []


def test_examiner_sees_how_many_answers_wait(login: Any) -> None:
    make_exam(types=("short_answer",))
    make_submitted(make_person(), now=LAST_WEEK)
    response = login(make_person(roles=(Role.EXAMINER,))).get("/")
    assert [(step.note, step.url) for step in response.context["waiting"]] == [("1 份", "/exams/marking/")]


def test_staff_are_told_of_their_own_name_and_mentees(login: Any) -> None:
    """Somebody who writes courses also learns, leads and holds certificates."""
    author = make_participant(Tier.BACKBONE, capacity=1)
    make_pairing(mentor=author)
    ask_confirmation(person=author, scheme_key=make_scheme().key, by=None, now=NOW - timedelta(days=1))
    grant_role(
        person=author, role=Role.AUTHOR, organisation=make_organisation(), since_on=LONG_AGO, by=None, now=NOW
    )
    assert [title for title, _url in steps_of(login(author))] == ["核对证书上的姓名", "我的徒弟"]


def test_staff_without_work_are_told_so(login: Any) -> None:
    page = login(make_person(roles=(Role.EXAMINER,))).get("/").content.decode()
    assert "没有等你处理的事" in page


def test_account_whose_person_was_erased_gets_a_page_that_says_no(login: Any) -> None:
    person = make_person()
    Account.objects.filter(person=person).update(person=None)
    account = Account.objects.get()
    response = login(account).get("/")
    assert response.status_code == 403
    assert "主菜单" not in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/me/"])
def test_as_many_queries_at_three_courses_as_at_one(path: str, login: Any) -> None:
    one, three = make_person(), make_person()
    take(one, "lift")
    enrol(person=three, course_key="lift", now=LAST_WEEK)
    take(three, "data", "doors")
    make_scheme()
    counts = [queries(login(person), path) for person in (one, three)]
    assert counts == {"/": [19, 19], "/me/": [16, 16]}[path]


def queries(client: Client, path: str) -> int:
    """Session and user counted; what is cached for everybody is warm."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_running_exam_comes_first(login: Any) -> None:
    """Somebody whose browser closed in an exam must not be sent to choose a course."""
    candidate = make_person()
    make_exam()
    attempt = start_attempt(person=candidate, exam_key="base", now=timezone.now())
    steps = login(candidate).get("/").context["steps"]
    assert (steps[0].url, steps[0].urgent) == (f"/exams/attempt/{attempt.pk}/", True)
