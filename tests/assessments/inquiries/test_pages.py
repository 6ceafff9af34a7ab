"""Pages about how a sitting went: no marks, no names where none are due, the same for the candidate as for others."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from assessments.models import Attempt, EventKind, HeldStatus, Incident, IncidentKind, Inquiry
from core.once import new_key
from people.models import Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session
from tests.assessments.inquiries.making import hold, make_sitting, note
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_person

pytestmark = pytest.mark.django_db
SAW = "三次切到别的窗口，每次一分钟。"


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


@pytest.fixture
def attempt(at: datetime) -> Attempt:
    """A sitting in a room, with something in its journal, an incident and an answer that waits."""
    make_exam("base", types=("single", "short_answer"))
    seat = make_seat(make_room(make_session(at)), make_person("许知秋"))
    attempt = make_sitting(at, seat.person, seat=seat)
    note(attempt, EventKind.PASTED, at, slot=2, characters=180)
    hold(attempt, at, slot=2, response="晚到的一句话")
    Incident.objects.create(
        room=seat.room,
        seat=seat,
        kind=IncidentKind.CONDUCT,
        text="许知秋看了手机",
        recorded_by=make_person(),
        recorded_at=at,
    )
    return attempt


@pytest.fixture
def administrator(attempt: Attempt, login: Any) -> Client:
    return login(make_person("管理员甲", roles=(Role.ADMINISTRATOR,)))


def url_of(attempt: Attempt) -> str:
    return f"/exams/inquiries/{attempt.pk}/"


def text_of(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).xpath("//main")[0].text_content().split())


def find(client: Client, attempt: Attempt, **fields: Any) -> Any:
    return client.post(
        url_of(attempt), {"verdict": "noted", "text": SAW, "key": new_key(), **fields}, follow=True
    )


def test_an_administrator_sees_name_seat_journal_and_what_waits(
    attempt: Attempt, administrator: Client
) -> None:
    page = text_of(administrator.get(url_of(attempt)))
    for words in (
        "许知秋",
        "第一考场 1 号座",
        "180 字，第 2 题",
        "许知秋看了手机",
        "晚到的一句话",
        "写下的方案",
    ):
        assert words in page


def test_an_examiner_learns_no_name_and_no_seat(attempt: Attempt, login: Any) -> None:
    client = login(make_person(roles=(Role.EXAMINER,)))
    pages = [text_of(client.get(url)) for url in ("/exams/inquiries/", url_of(attempt))]
    for page in pages:
        assert f"考生 {attempt.candidate_number}" in page
        assert [word for word in ("许知秋", "号座", "第一考场", "手机") if word in page] == []
    assert "晚到的一句话" in pages[1]


def test_an_invigilator_reads_no_answer_and_decides_nothing(attempt: Attempt, login: Any) -> None:
    assert attempt.seat is not None
    client = login(make_invigilator(attempt.seat.room))
    page = text_of(client.get(url_of(attempt)))
    assert ("许知秋" in page, "晚到的一句话" in page, "写下的方案" in page, "采纳" in page) == (
        True,
        False,
        False,
        True,
    )
    (held,) = attempt.held_answers.all()
    client.post(f"{url_of(attempt)}held/", {f"held.{held.pk}": "take"})
    held.refresh_from_db()
    assert held.status == HeldStatus.HELD


def test_no_page_about_a_sitting_shows_a_mark(attempt: Attempt, administrator: Client, login: Any) -> None:
    own = login(attempt.person)
    pages = [administrator.get(url_of(attempt)), own.get(f"/exams/attempt/{attempt.pk}/journal/")]
    assert [" 分 " in text_of(page) or "得分" in text_of(page) for page in pages] == [False, False]


def test_answers_are_decided_one_by_one(attempt: Attempt, at: datetime, administrator: Client) -> None:
    first = attempt.held_answers.get()
    second = hold(attempt, at, slot=1, response="o1", sequence=201)
    third = hold(attempt, at, slot=1, response="o3", sequence=202)
    administrator.post(
        f"{url_of(attempt)}held/",
        {f"held.{first.pk}": "take", f"held.{second.pk}": "leave", "held.999999": "take", "held.x": "take"},
    )
    states = [each.status for each in (first, second, third) if each.refresh_from_db() is None]
    assert states == [HeldStatus.ACCEPTED, HeldStatus.REFUSED, HeldStatus.HELD]
    responses = attempt.answers.order_by("slot").values_list("response", flat=True)
    assert list(responses) == ["o2", "晚到的一句话"]
    page = text_of(administrator.get(url_of(attempt)))
    assert ("写下的方案" in page, "原来" in page) == (True, True)


def test_nothing_chosen_is_nothing_decided(attempt: Attempt, administrator: Client) -> None:
    answer = administrator.post(f"{url_of(attempt)}held/", {}, follow=True)
    assert "没有可处理的答案" in text_of(answer)
    assert attempt.held_answers.get().status == HeldStatus.HELD


def test_somebody_elses_answers_cannot_be_decided_under_this_sitting(
    attempt: Attempt, at: datetime, administrator: Client
) -> None:
    other = hold(make_sitting(at), at)
    administrator.post(f"{url_of(attempt)}held/", {f"held.{other.pk}": "take"})
    other.refresh_from_db()
    assert other.status == HeldStatus.HELD


def test_a_finding_an_objection_and_an_answer_through_their_pages(
    attempt: Attempt, administrator: Client, login: Any
) -> None:
    examiner = login(make_person("考官乙", roles=(Role.EXAMINER,)))
    assert "已保存，并已通知考生" in text_of(find(examiner, attempt))
    own = login(attempt.person)
    journal = f"/exams/attempt/{attempt.pk}/journal/"
    inquiry = Inquiry.objects.get()
    assert SAW in text_of(own.get(journal))
    own.post(f"{journal}{inquiry.pk}/", {"text": "我在接居民的电话。"})
    assert "申诉等别人答复" in text_of(examiner.get(url_of(attempt)))
    reply = f"{url_of(attempt)}{inquiry.pk}/"
    refused = examiner.post(reply, {"text": "我坚持原来的看法。"}, follow=True)
    assert "这是你自己的意见" in text_of(refused)
    assert "已答复" in text_of(administrator.post(reply, {"text": "电话记录属实。"}, follow=True))
    page = text_of(own.get(journal))
    assert [word in page for word in ("我在接居民的电话。", "电话记录属实。", "考官乙", "管理员甲")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_refused_finding_keeps_its_words(attempt: Attempt, administrator: Client) -> None:
    answer = find(administrator, attempt, text="短")
    assert (answer.status_code, "请用 5 到 1000 字写明" in text_of(answer)) == (422, True)
    assert html.fromstring(answer.content.decode()).xpath("normalize-space(//textarea)") == "短"


def test_the_candidate_reads_their_own_journal_without_the_notes_of_others(
    attempt: Attempt, login: Any
) -> None:
    page = text_of(login(attempt.person).get(f"/exams/attempt/{attempt.pk}/journal/"))
    assert [
        word in page for word in ("180 字，第 2 题", "监考：违反考场规则", "看了手机", "晚到的一句话")
    ] == [
        True,
        True,
        False,
        False,
    ]


def test_ones_own_journal_is_nobody_elses_and_opens_when_the_paper_is_handed_in(
    attempt: Attempt, administrator: Client, at: datetime, login: Any
) -> None:
    assert administrator.get(f"/exams/attempt/{attempt.pk}/journal/").status_code == 404
    make_exam("other")
    person = make_person()
    running = make_attempt(person, "other", now=at)
    assert login(person).get(f"/exams/attempt/{running.pk}/journal/").status_code == 404


def test_an_objection_names_a_finding_of_this_sitting(
    attempt: Attempt, administrator: Client, at: datetime, login: Any
) -> None:
    other = make_sitting(at)
    find(administrator, other)
    foreign = Inquiry.objects.get()
    own = login(attempt.person)
    for number in (foreign.pk, 999_999):
        url = f"/exams/attempt/{attempt.pk}/journal/{number}/"
        assert own.post(url, {"text": "我在接居民的电话。"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.objected_at is None


def test_whoever_has_no_part_in_it_finds_nothing(attempt: Attempt, login: Any) -> None:
    client = login(make_person())
    assert client.get("/exams/inquiries/").status_code == 403
    assert client.get(url_of(attempt)).status_code == 404
    assert client.post(f"{url_of(attempt)}held/").status_code == 404
    assert client.post(f"{url_of(attempt)}1/").status_code == 404


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    attempt: Attempt, at: datetime, administrator: Client, django_assert_num_queries: Any
) -> None:
    for more in (0, 2):
        for _sitting in range(more):
            note(make_sitting(at), EventKind.PASTED, at, characters=3)
        with django_assert_num_queries(8):
            administrator.get("/exams/inquiries/")


def test_a_sitting_takes_as_many_queries_with_three_findings_as_with_one(
    attempt: Attempt, at: datetime, administrator: Client, django_assert_num_queries: Any
) -> None:
    for more in (1, 2):
        for _finding in range(more):
            find(administrator, attempt, text=f"{SAW}{timezone.now()}")
            hold(attempt, at, slot=1, sequence=Inquiry.objects.count())
        with django_assert_num_queries(12):
            administrator.get(url_of(attempt))


def test_ones_own_journal_takes_as_many_queries_for_a_long_one(
    attempt: Attempt, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    client = login(attempt.person)
    for more in (0, 250):
        note(attempt, EventKind.HIDDEN, at + timedelta(seconds=1), times=more, slot=1)
        with django_assert_num_queries(8):
            client.get(f"/exams/attempt/{attempt.pk}/journal/")


def test_forms_without_their_token_are_refused(attempt: Attempt) -> None:
    client = Client(enforce_csrf_checks=True)
    person = make_person(roles=(Role.ADMINISTRATOR,))
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[attr-defined]
    for url in (url_of(attempt), f"{url_of(attempt)}held/", f"{url_of(attempt)}1/"):
        assert client.post(url).status_code == 403
