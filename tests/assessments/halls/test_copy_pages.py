"""Pages about paper: printed by the room, found by their number, typed in as forms, settled."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html
from pypdf import PdfReader

from assessments.halls.copies import register_copies
from assessments.halls.keying import key_in
from assessments.models import ExamRoom, ExamSession, Keying, PaperCopy
from people.models import Person, Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import TYPES, make_exam
from tests.factories import make_person

pytestmark = pytest.mark.django_db
PAPER = ("single", "short_answer", "ordering")


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


@pytest.fixture
def by(db: Any) -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def room(at: datetime) -> ExamRoom:
    make_exam("base", types=PAPER)
    return make_room(make_session(at))


def printed(room: ExamRoom, by: Person, at: datetime) -> PaperCopy:
    seat = make_seat(room, make_person("许知秋"))
    return register_copies(room=room, by=by, now=at, seats=[seat.pk]).copies[0]


def url_of(copy: PaperCopy) -> str:
    return f"/exams/copies/{copy.code}/"


def typed(**fields: Any) -> dict[str, Any]:
    """A whole paper as its form posts it, with some fields changed."""
    posted = {
        "round": "1",
        "slot": ["1", "2", "3"],
        "q1": "o2",
        "q2": "先听，再记。",
        "q3.o1": "1",
        "q3.o2": "2",
        "q3.o3": "3",
    }
    return {**posted, **fields}


def text_of(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).xpath("//main")[0].text_content().split())


def test_a_room_is_printed_whole_or_seat_by_seat(room: ExamRoom, at: datetime, login: Any) -> None:
    seats = [make_seat(room) for _seat in range(2)]
    client, url = login(make_invigilator(room)), f"/exams/copies/rooms/{room.pk}/"
    assert client.get(url).status_code == 200
    for data, copies in (({"seat": str(seats[1].pk)}, 1), ({}, 2)):
        answer = client.post(url, data)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer["Cache-Control"] == "private, no-store"
        assert PaperCopy.objects.count() == copies
        assert len(PdfReader(io.BytesIO(answer.content)).pages) > 2


def test_whoever_sits_on_a_screen_is_told_so_instead_of_printed(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    seat = make_seat(room)
    sit(seat, now=at)
    answer = login(by).post(f"/exams/copies/rooms/{room.pk}/", {"seat": str(seat.pk)}, follow=True)
    assert "这位考生正在或已经上机作答" in text_of(answer)
    assert PaperCopy.objects.count() == 0


@pytest.mark.parametrize("data", [{"seat": "x"}])
def test_a_seat_that_is_none_is_not_found(
    room: ExamRoom, by: Person, login: Any, data: dict[str, str]
) -> None:
    assert login(by).post(f"/exams/copies/rooms/{room.pk}/", data).status_code == 404


def test_a_room_page_takes_as_many_queries_for_three_seats_as_for_one(
    room: ExamRoom, by: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    client = login(by)
    for more in (1, 2):
        for _seat in range(more):
            printed(room, by, at)
        with django_assert_num_queries(6):
            client.get(f"/exams/copies/rooms/{room.pk}/")


def test_a_paper_is_found_by_ticket_number_and_by_code(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy, client = printed(room, by, at), login(by)
    spaced = " ".join(copy.code[n : n + 4] for n in range(0, 32, 4)).upper()
    for number in (copy.seat.ticket_number.lower(), f" {copy.seat.ticket_number} ", spaced):
        answer = client.get("/exams/copies/", {"number": number})
        assert (answer.status_code, answer.get("Location")) == (302, url_of(copy))
    missing = client.get("/exams/copies/", {"number": "T999"})
    assert (missing.status_code, "没有可由你录入的这个编号的试卷" in text_of(missing)) == (404, True)


def test_the_list_says_what_each_paper_waits_for(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copies = [printed(room, by, at) for _copy in range(4)]
    other = make_person(roles=(Role.ADMINISTRATOR,))
    right, wrong = {1: "o2", 2: None, 3: None}, {1: "o1", 2: None, 3: None}
    key_in(copy=copies[1], round=1, answers=right, by=other, now=at)
    key_in(copy=copies[2], round=1, answers=right, by=by, now=at)
    for round, answers in ((1, right), (2, wrong)):
        person = make_person(roles=(Role.ADMINISTRATOR,))
        key_in(copy=copies[3], round=round, answers=answers, by=person, now=at)
    page = login(by).get("/exams/copies/")
    running = page.context["lines"][0][2]
    ExamSession.objects.update(closes_at=at)
    page = login(by).get("/exams/copies/")
    assert running == "已打印，考试还没结束"
    assert [words for _copy, _state, words in page.context["lines"]] == [
        "还没有录入",
        "已录入一次",
        "等另一个人录入",
        "两次录入不一致",
    ]


def test_the_list_tells_the_two_readers_that_a_third_settles(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy = printed(room, by, at)
    differing(copy, by, login)
    readers = [reading.keyed_by for reading in copy.keyings.order_by("round")]
    pages = [login(each).get("/exams/copies/") for each in (*readers, make_person(roles=(Role.EXAMINER,)))]
    words = [words for page in pages for _copy, _state, words in page.context["lines"]]
    assert words == ["等第三个人核定", "等第三个人核定", "两次录入不一致"]


def test_a_paper_of_somebody_who_sits_on_a_screen_waits_for_nobody(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copies = [printed(room, by, at) for _copy in range(2)]
    sit(copies[0].seat, now=at)
    page = login(by).get("/exams/copies/")
    assert [copy for copy, _state, _words in page.context["lines"]] == [copies[1]]


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    room: ExamRoom, by: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    client = login(by)
    for more in (1, 2):
        for _copy in range(more):
            printed(room, by, at)
        with django_assert_num_queries(6):
            client.get("/exams/copies/")


def test_a_paper_is_typed_in_twice_through_its_page(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy = printed(room, by, at)
    first = login(by).post(url_of(copy), typed(), follow=True)
    assert "再由另一个人录入同一份试卷" in text_of(first)
    second = login(make_person(roles=(Role.EXAMINER,))).post(url_of(copy), typed(round="2"), follow=True)
    assert "录入完成" in text_of(second)
    copy.refresh_from_db()
    assert copy.attempt is not None
    answers = copy.attempt.answers.order_by("slot").values_list("response", flat=True)
    assert list(answers) == ["o2", "先听，再记。", ["o1", "o2", "o3"]]


def test_a_blank_question_is_blank_whatever_stands_in_its_fields(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy = printed(room, by, at)
    login(by).post(url_of(copy), typed(**{"blank.2": "on"}))
    assert Keying.objects.get().responses == {"1": "o2", "2": None, "3": ["o1", "o2", "o3"]}


def test_a_question_neither_filled_nor_marked_as_blank_is_asked_for(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy, client = printed(room, by, at), login(by)
    empty = {"round": "1", "slot": ["1", "2", "3"], "q2": " ", "q3.o1": "", "q3.o2": "", "q3.o3": ""}
    answer = client.post(url_of(copy), empty)
    page = html.fromstring(answer.content.decode())
    assert (answer.status_code, Keying.objects.count()) == (422, 0)
    assert page.xpath("//*[@role='alert']//a/@href") == ["#question-1", "#question-2", "#question-3"]
    client.post(url_of(copy), {**empty, "blank.1": "on", "blank.2": "on", "blank.3": "on"})
    assert Keying.objects.get().responses == {"1": None, "2": None, "3": None}


def test_a_refused_reading_keeps_what_was_typed_and_says_where(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy = printed(room, by, at)
    answer = login(by).post(url_of(copy), typed(**{"q3.o2": "1"}))
    page = html.fromstring(answer.content.decode())
    assert (answer.status_code, Keying.objects.count()) == (422, 0)
    assert page.xpath("//*[@role='alert']//a/@href") == ["#question-3"]
    assert page.xpath("//textarea/text()") == ["先听，再记。"]
    assert page.xpath("//input[@name='q1'][@checked]/@value") == ["o2"]


def test_the_second_reader_sees_nothing_of_the_first(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy = printed(room, by, at)
    login(by).post(url_of(copy), typed(q2="第一个人读到的话"))
    page = login(make_person(roles=(Role.ADMINISTRATOR,))).get(url_of(copy)).content.decode()
    assert ("第一个人读到的话" in page, " checked" in page) == (False, False)


def differing(copy: PaperCopy, by: Person, login: Any) -> None:
    login(by).post(url_of(copy), typed())
    second = login(make_person(roles=(Role.ADMINISTRATOR,)))
    second.post(url_of(copy), typed(round="2", q1="o3", q2="先听，后记。"))


def test_who_settles_sees_the_two_readings_of_what_differs_alone(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy = printed(room, by, at)
    differing(copy, by, login)
    answer = login(make_person(roles=(Role.ADMINISTRATOR,))).get(url_of(copy))
    page = html.fromstring(answer.content.decode())
    assert page.xpath("//input[@name='slot']/@value") == ["1", "2"]
    assert page.xpath("//mark/text()") == ["再", "后"]


def test_settling_takes_a_reading_or_new_words(room: ExamRoom, by: Person, at: datetime, login: Any) -> None:
    copy = printed(room, by, at)
    differing(copy, by, login)
    third = login(make_person(roles=(Role.ADMINISTRATOR,)))
    said = {"round": "3", "slot": ["1", "2"], "reading.1": "2", "q2": "先听，再写。"}
    missing = third.post(url_of(copy), said)
    assert (missing.status_code, "请选择纸上写的是哪一种" in text_of(missing)) == (422, True)
    assert third.post(url_of(copy), {**said, "q2": " ", "reading.2": "own"}).status_code == 422
    third.post(url_of(copy), {**said, "reading.2": "own"})
    copy.refresh_from_db()
    assert copy.attempt is not None
    answers = copy.attempt.answers.order_by("slot").values_list("response", flat=True)
    assert list(answers) == ["o3", "先听，再写。", ["o1", "o2", "o3"]]


def test_who_settles_may_say_that_nothing_stands_there(
    room: ExamRoom, by: Person, at: datetime, login: Any
) -> None:
    copy = printed(room, by, at)
    differing(copy, by, login)
    third = login(make_person(roles=(Role.ADMINISTRATOR,)))
    assert 'name="blank.2"' in third.get(url_of(copy)).content.decode()
    third.post(url_of(copy), {"round": "3", "slot": ["1", "2"], "reading.1": "2", "blank.2": "on"})
    copy.refresh_from_db()
    assert copy.attempt is not None
    assert copy.attempt.answers.get(slot=2).response is None


def test_a_reader_may_not_settle(room: ExamRoom, by: Person, at: datetime, login: Any) -> None:
    copy = printed(room, by, at)
    differing(copy, by, login)
    client = login(by)
    assert "两次录入不一致，由第三个人核定" in text_of(client.get(url_of(copy)))
    client.post(url_of(copy), {"round": "3", "slot": ["1", "2"], "reading.1": "1", "reading.2": "1"})
    copy.refresh_from_db()
    assert (copy.attempt_id, Keying.objects.count()) == (None, 2)


def test_questions_are_not_shown_before_the_exam_begins(by: Person, at: datetime, login: Any) -> None:
    make_exam("base", types=PAPER)
    opens = {"opens_at": at + timedelta(minutes=30), "closes_at": at + timedelta(hours=2)}
    copy = printed(make_room(make_session(at, **opens)), by, at)
    page = text_of(login(by).get(url_of(copy)))
    assert ("考试还没有开始" in page, "题干" in page) == (True, False)


def test_no_name_stands_on_the_pages_for_typing(room: ExamRoom, by: Person, at: datetime, login: Any) -> None:
    copy, client = printed(room, by, at), login(by)
    pages = [client.get(url).content.decode() for url in ("/exams/copies/", url_of(copy))]
    assert ["许知秋" in page for page in pages] == [False, False]


def test_a_paper_of_every_type_takes_the_same_queries(
    by: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    make_exam("base", types=("single",))
    client, room = login(by), make_room(make_session(at))
    short = printed(room, by, at)
    make_exam("base", types=tuple(each for each in TYPES if each != "hotspot"), title="全部题型")
    long = printed(room, by, at)
    for copy in (short, long):
        with django_assert_num_queries(6):
            client.get(url_of(copy))


def test_learners_have_no_papers_to_type(room: ExamRoom, by: Person, at: datetime, login: Any) -> None:
    copy = printed(room, by, at)
    client = login(make_person())
    assert client.get("/exams/copies/").status_code == 403
    assert [client.get(url_of(copy)).status_code, client.post(url_of(copy), typed()).status_code] == [
        404,
        404,
    ]


def test_a_form_without_its_token_is_refused(room: ExamRoom, by: Person, at: datetime) -> None:
    copy, client = printed(room, by, at), Client(enforce_csrf_checks=True)
    client.force_login(by.account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[attr-defined]
    for url in (url_of(copy), f"/exams/copies/rooms/{room.pk}/"):
        assert client.post(url, typed()).status_code == 403
