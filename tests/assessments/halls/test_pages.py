"""The invigilator's pages: one's own rooms and nobody else's, what they say, what they can do, what they cost."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from assessments.attempts import submit_attempt
from assessments.models import Attempt, ExamRoom, Extension, HandedInBy, Incident
from core.models import AuditEntry
from core.once import new_key
from people.models import Person, Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """The pages ask the machine's own clock."""
    return timezone.now()


@pytest.fixture
def room(now: datetime) -> ExamRoom:
    make_exam()
    return make_room(make_session(now), "第一考场", access_code="HETIAN")


@pytest.fixture
def watching(room: ExamRoom, login: Any) -> Client:
    return login(make_invigilator(room))


def url(room: ExamRoom, more: str = "") -> str:
    return f"/exams/rooms/{room.pk}/{more}"


def test_my_rooms_are_those_of_now(room: ExamRoom, now: datetime, login: Any) -> None:
    person = make_invigilator(room)
    later = make_room(
        make_session(
            now, title="明天", opens_at=now + timedelta(hours=20), closes_at=now + timedelta(hours=22)
        ),
        "第九考场",
    )
    make_invigilator(later, person)
    page = login(person).get("/exams/rooms/").content.decode()
    assert ("第一考场" in page, "第九考场" in page) == (True, False)


def test_who_watches_over_nothing_reads_how_rooms_come_here(login: Any) -> None:
    assert "现在没有要监考的考场" in login(make_person()).get("/exams/rooms/").content.decode()


def test_room_shows_every_seat_and_answers_its_script_with_the_board_alone(
    room: ExamRoom, watching: Client, now: datetime
) -> None:
    seat = make_seat(room, make_person("许知秋"))
    sit(seat, now=now)
    page = watching.get(url(room)).content.decode()
    part = watching.get(url(room), headers={"HX-Request": "true"}).content.decode()
    for said in ["许知秋", seat.ticket_number, "作答中", "已答 0/2", "剩 20 分钟"]:
        assert (said in page, said in part) == (True, True)
    assert ("<html" in page, "<html" in part) == (True, False)
    assert f'hx-get="{url(room)}"' in page


def test_name_on_the_screen_is_text(room: ExamRoom, watching: Client) -> None:
    account = make_seat(room).person.account
    account.name = "<script>alert(1)</script>"
    account.save()
    assert b"<script>alert(1)" not in watching.get(url(room)).content


@pytest.mark.parametrize("count", [1, 3, 60])
def test_cost_of_the_screen_does_not_grow(
    count: int, room: ExamRoom, watching: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        seat = make_seat(room)
        if number % 30 == 0:
            sit(seat, now=now)
    watching.get(url(room))
    with django_assert_num_queries(7):  # session, account, room; seats, sittings, minutes, log
        watching.get(url(room), headers={"HX-Request": "true"})


def test_code_is_shown_large(room: ExamRoom, watching: Client) -> None:
    assert "HETIAN" in watching.get(url(room, "code/")).content.decode()
    assert "HETIAN" not in watching.get(url(room)).content.decode()


def test_extension_is_asked_twice_and_given_once(room: ExamRoom, watching: Client, now: datetime) -> None:
    attempt = sit(make_seat(room), now=now)
    asked = watching.get(url(room, "extend/"), {"minutes": "10"})
    assert "加时 10 分钟？" in asked.content.decode()
    assert Extension.objects.count() == 0
    key = asked.context["form"].initial["key"]
    for _click in "12":
        answer = watching.post(url(room, "extend/"), {"minutes": "10", "key": key})
        assert (answer.status_code, answer["Location"]) == (302, url(room))
    before = attempt.deadline_at
    attempt.refresh_from_db()
    assert (Extension.objects.count(), attempt.deadline_at - before) == (1, timedelta(minutes=10))


def test_key_of_another_extension_is_answered_422_and_asked_again(room: ExamRoom, watching: Client) -> None:
    key = new_key()
    watching.post(url(room, "extend/"), {"minutes": "10", "key": key})
    again = watching.post(url(room, "extend/"), {"minutes": "15", "key": key})
    assert (again.status_code, Extension.objects.count()) == (422, 1)
    assert again.context["form"].initial["key"] != key
    assert watching.post(url(room, "extend/"), {"minutes": "15"}).status_code == 422


@pytest.mark.parametrize("minutes", ["", "0", "241", "x"])
def test_minutes_that_are_none_lead_back_with_words(minutes: str, room: ExamRoom, watching: Client) -> None:
    answer = watching.get(url(room, "extend/"), {"minutes": minutes}, follow=True)
    assert (answer.redirect_chain, len(answer.context["messages"])) == ([(url(room), 302)], 1)


def test_one_seat_gets_time_for_itself(room: ExamRoom, watching: Client, now: datetime) -> None:
    seat = make_seat(room)
    sit(seat, now=now)
    address = url(room, f"seats/{seat.pk}/extend/")
    assert watching.get(address, {"minutes": "5"}).status_code == 200
    watching.post(address, {"minutes": "5", "key": new_key()})
    assert Extension.objects.get().seat == seat


def test_confirmation_says_whom_the_minutes_reach(room: ExamRoom, now: datetime, login: Any) -> None:
    client = login(make_person(roles=(Role.ADMINISTRATOR,)))
    seat = make_seat(room)
    one, all_of_it = url(room, f"seats/{seat.pk}/extend/"), f"/exams/rooms/sessions/{room.session_id}/extend/"
    said = [
        (one, "此人还没有开考，开考时会加上。", "此人正在作答，立刻生效。"),
        (url(room, "extend/"), "本考场现在没有人在作答。", "正在作答的 1 人立刻生效。"),
        (all_of_it, "本场次现在没有人在作答。", "正在作答的 1 人立刻生效。"),
    ]
    for place, before, _after in said:
        assert before in client.get(place, {"minutes": "5"}).content.decode()
    sit(seat, now=now)
    pages = [client.get(place, {"minutes": "5"}).content.decode() for place, _before, _after in said]
    assert [after in page for page, (_place, _before, after) in zip(pages, said, strict=True)] == [True] * 3
    assert ["之后" in page for page in pages] == [False, True, True]


def test_seat_that_has_handed_in_gets_no_time(room: ExamRoom, watching: Client, now: datetime) -> None:
    seat = make_seat(room)
    submit_attempt(attempt_id=sit(seat, now=now).pk, by=seat.person, now=now)
    address, said = url(room, f"seats/{seat.pk}/extend/"), {"minutes": "5", "key": new_key()}
    for answer in (watching.get(address, said, follow=True), watching.post(address, said, follow=True)):
        assert "已经交卷，加时不起作用" in answer.content.decode()
    assert Extension.objects.count() == 0


def test_latecomer_is_let_in_once(room: ExamRoom, watching: Client) -> None:
    seat = make_seat(room)
    address = url(room, f"seats/{seat.pk}/")
    assert "放行此人" in watching.get(address).content.decode()
    for _click in "12":
        watching.post(address, {"action": "admit"})
    seat.refresh_from_db()
    assert seat.admitted_at is not None
    assert AuditEntry.objects.filter(action="hall.latecomer_admitted").count() == 1


def test_paper_of_who_leaves_is_handed_in_after_a_second_look(
    room: ExamRoom, watching: Client, now: datetime
) -> None:
    seat = make_seat(room)
    attempt = sit(seat, now=now)
    address = url(room, f"seats/{seat.pk}/")
    assert watching.post(address, {"action": "hand_in"}).status_code == 422
    for _click in "12":
        assert watching.post(address, {"action": "hand_in", "sure": "on"}).status_code == 302
    attempt.refresh_from_db()
    assert (attempt.status, attempt.handed_in_by) == ("complete", HandedInBy.INVIGILATOR)
    assert attempt.results.count() == 1


def test_nothing_is_handed_in_where_nobody_started(room: ExamRoom, watching: Client) -> None:
    seat = make_seat(room)
    answer = watching.post(url(room, f"seats/{seat.pk}/"), {"action": "hand_in", "sure": "on"}, follow=True)
    assert "没有试卷可交" in answer.content.decode()


def test_line_of_the_log_is_written_once(room: ExamRoom, watching: Client) -> None:
    seat = make_seat(room)
    said = {"key": new_key(), "kind": "equipment", "seat": str(seat.pk), "text": "断网两分钟"}
    for _click in "12":
        assert watching.post(url(room, "incidents/"), said).status_code == 302
    incident = Incident.objects.get()
    assert (incident.seat, incident.kind, incident.text) == (seat, "equipment", "断网两分钟")
    assert "断网两分钟" in watching.get(url(room)).content.decode()
    assert "断网" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_what_a_line_is_about_is_chosen_and_a_seat_stands_for_itself(
    room: ExamRoom, watching: Client
) -> None:
    seat = make_seat(room)
    form = watching.get(url(room, f"seats/{seat.pk}/")).context["form"]
    assert (form["kind"].value(), form["seat"].value()) == (None, str(seat.pk))
    assert form.fields["kind"].choices[0] == ("", "请选择")
    said = {"key": new_key(), "kind": "", "seat": "", "text": "断网两分钟"}
    assert watching.post(url(room, "incidents/"), said).status_code == 422
    assert Incident.objects.count() == 0


def test_line_about_a_seat_elsewhere_or_without_words_is_refused(room: ExamRoom, watching: Client) -> None:
    elsewhere = make_seat(make_room(room.session, "第二考场"))
    for said in ({"seat": str(elsewhere.pk), "text": "x"}, {"seat": "", "text": "  "}):
        answer = watching.post(url(room, "incidents/"), {"key": new_key(), "kind": "other", **said})
        assert answer.status_code == 422
    assert Incident.objects.count() == 0


# Whose room it is

PLACES = [
    "/exams/rooms/{room}/",
    "/exams/rooms/{room}/code/",
    "/exams/rooms/{room}/extend/?minutes=5",
    "/exams/rooms/{room}/incidents/",
    "/exams/rooms/{room}/seats/{seat}/",
    "/exams/rooms/{room}/seats/{seat}/extend/?minutes=5",
    "/exams/rooms/sessions/{session}/",
    "/exams/rooms/sessions/{session}/extend/?minutes=5",
    "/exams/tickets/{seat}/",
]
POSTED = {
    "minutes": "5",
    "kind": "other",
    "text": "x",
    "seat": "",
    "action": "admit",
    "sure": "on",
}


def people_around(room: ExamRoom, now: datetime) -> dict[str, Person]:
    """Everybody who must not reach this room."""
    other = make_room(room.session, "第二考场")
    former = make_invigilator(
        make_room(
            make_session(
                now, title="上周", opens_at=now - timedelta(days=7), closes_at=now - timedelta(days=2)
            )
        )
    )
    without_role = make_person()
    room.invigilators.create(person=without_role)
    return {
        "invigilator of the next room": make_invigilator(other),
        "invigilator of last week": former,
        "named without the role": without_role,
        "candidate of the next seat": make_seat(room).person,
        "foreign administrator": make_person(
            organisation=make_organisation("ELSEWHERE"), roles=(Role.ADMINISTRATOR,)
        ),
        "author": make_person(roles=(Role.AUTHOR, Role.EXAMINER, Role.ISSUER)),
        "stranger": make_person(),
    }


def test_nobody_reaches_a_room_that_is_not_theirs(room: ExamRoom, now: datetime, login: Any) -> None:
    """Rows 21 and 22: every address by every other role is 404 and moves nothing; as is one that is not there."""
    seat = make_seat(room)
    sit(seat, now=now)
    ids = {"room": room.pk, "session": room.session_id, "seat": seat.pk}
    around = people_around(room, now)
    before = AuditEntry.objects.count()
    for who, person in around.items():
        client = login(person)
        for place in PLACES:
            for values in (ids, dict.fromkeys(ids, uuid4())):
                address = place.format(**values)
                answers = [client.get(address), client.post(address, {**POSTED, "key": new_key()})]
                assert {answer.status_code for answer in answers} <= {404, 405}, (who, address)
    assert (AuditEntry.objects.count(), Extension.objects.count(), Incident.objects.count()) == (before, 0, 0)
    assert Attempt.objects.get(seat=seat).status == "open"


def test_foreign_child_under_ones_own_parent_is_not_found(
    room: ExamRoom, watching: Client, now: datetime
) -> None:
    """Row 22."""
    foreign = make_seat(make_room(room.session, "第二考场"))
    assert watching.get(url(room, f"seats/{foreign.pk}/")).status_code == 404
    address = url(room, f"seats/{foreign.pk}/extend/")
    assert watching.post(address, {"minutes": "5", "key": new_key()}).status_code == 404
    assert watching.post(url(room, f"seats/{foreign.pk}/"), {"action": "admit"}).status_code == 404


def test_administrator_sees_all_rooms_of_a_session_and_extends_it(
    room: ExamRoom, now: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    for each in (room, make_room(room.session, "第二考场"), make_room(room.session, "第三考场")):
        sit(make_seat(each), now=now)
    client = login(make_person(roles=(Role.ADMINISTRATOR,)))
    address = f"/exams/rooms/sessions/{room.session_id}/"
    page = client.get(address).content.decode()
    assert [name in page for name in ("第一考场", "第二考场", "第三考场")] == [True] * 3
    with django_assert_num_queries(8):  # session, account, the session; rooms, seats, sittings, minutes, log
        client.get(address, headers={"HX-Request": "true"})
    client.post(f"{address}extend/", {"minutes": "15", "key": new_key()})
    extension = Extension.objects.get()
    assert (extension.session, extension.room, extension.minutes) == (room.session, None, 15)
    assert client.get(url(room)).status_code == 200


def test_candidate_downloads_the_own_ticket_and_nobody_elses(room: ExamRoom, login: Any) -> None:
    seat, other = make_seat(room, make_person("许知秋")), make_seat(room)
    client = login(seat.person)
    answer = client.get(f"/exams/tickets/{seat.pk}/")
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert ("许知秋" in text, answer["Cache-Control"]) == (True, "private, no-store")
    assert client.get(f"/exams/tickets/{other.pk}/").status_code == 404
