"""考试场次 in the editor's admin: from a new session to seats and printed lists, within one's own part of the tree."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from assessments.entry.rehearsal import ensure_rehearsal
from assessments.halls.sessions import SessionTimes, open_session
from assessments.models import REHEARSAL, ExamRoom, ExamSession, Invigilator, Seat
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.halls.making import make_room, make_seat, make_session, sit
from tests.assessments.halls.test_seat_sheets import number_of, workbook
from tests.assessments.making import make_exam, open_admin
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
BASE = "/admin/exam_sessions/"


@pytest.fixture(autouse=True)
def admin(db: Any) -> None:
    open_admin()


@pytest.fixture
def now() -> datetime:
    """The pages ask the machine's own clock."""
    return timezone.now()


@pytest.fixture
def session(now: datetime) -> ExamSession:
    make_exam()
    return make_session(now)


@pytest.fixture
def administrator() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def office(administrator: Person, login: Any) -> Client:
    return login(administrator)


def url(session: ExamSession, more: str = "") -> str:
    return f"{BASE}{session.pk}/{more}"


def sheet(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    return SimpleUploadedFile("座位.xlsx", workbook(*rows))


def moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def test_session_with_a_room_is_made_step_by_step(office: Client, now: datetime) -> None:
    make_exam()
    organisation = make_organisation()
    said = {
        "exam_key": "base",
        "organisation": organisation.pk,
        "title": "上午场",
        "opens_at": moment(now),
        "closes_at": moment(now + timedelta(hours=2)),
        "late_entry_minutes": "15",
    }
    assert office.get(f"{BASE}new/").status_code == 200
    answer = office.post(f"{BASE}new/", said)
    session = ExamSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url(session))
    assert (session.title, session.late_entry_minutes) == ("上午场", 15)
    code = office.get(url(session, "rooms/new/")).context["form"].initial["access_code"]
    assert len(code) == 6
    room = {"name": "第一考场", "place": "301", "access_code": "hetian", "addresses": "10.1.0.0/16\n10.2.3.4"}
    assert office.post(url(session, "rooms/new/"), room).status_code == 302
    found = ExamRoom.objects.get()
    assert (found.access_code, found.addresses) == ("HETIAN", ["10.1.0.0/16", "10.2.3.4/32"])
    page = office.get(url(session)).content.decode()
    assert [text in page for text in ("第一考场", "HETIAN", "考试base")] == [True] * 3
    assert "上午场" in office.get(BASE).content.decode()


def test_what_cannot_be_is_said_at_the_form(office: Client, session: ExamSession, now: datetime) -> None:
    said = {"title": "上午场", "opens_at": moment(now), "closes_at": moment(now)}
    answer = office.post(url(session, "edit/"), said)
    assert (answer.status_code, "结束时间要晚于开始时间" in answer.content.decode()) == (422, True)
    answer = office.post(url(session, "rooms/new/"), {"name": "甲", "addresses": "10.1"})
    assert (answer.status_code, "“10.1”" in answer.content.decode()) == (422, True)
    assert ExamRoom.objects.count() == 0


def test_session_that_would_be_over_already_is_not_made(office: Client, now: datetime) -> None:
    make_exam()
    said = {
        "exam_key": "base",
        "organisation": make_organisation().pk,
        "title": "上午场",
        "opens_at": moment(now - timedelta(days=366)),
        "closes_at": moment(now - timedelta(days=365)),
    }
    answer = office.post(f"{BASE}new/", said)
    assert (answer.status_code, "时间已经过去" in answer.content.decode()) == (422, True)
    running = {**said, "closes_at": moment(now + timedelta(hours=1))}
    assert office.post(f"{BASE}new/", running).status_code == 302
    assert ExamSession.objects.count() == 1


def test_nobody_is_seated_for_a_rehearsal_or_for_practice(
    office: Client, administrator: Person, now: datetime
) -> None:
    make_exam()
    make_exam("drill", practice=True)
    ensure_rehearsal(now=now)
    form = office.get(f"{BASE}new/").context["form"]
    assert [key for key, _title in form.fields["exam_key"].choices] == ["base"]
    for key in ("drill", REHEARSAL):
        with pytest.raises(Refusal) as refused:
            open_session(
                exam_key=key,
                title="x",
                organisation=make_organisation(),
                times=SessionTimes(now, now + timedelta(hours=1)),
                by=administrator,
                now=now,
            )
        assert refused.value.code == "practice"


def test_organisation_of_others_cannot_be_chosen(office: Client, now: datetime) -> None:
    make_exam()
    foreign = make_organisation("ELSEWHERE")
    said = {
        "exam_key": "base",
        "organisation": foreign.pk,
        "title": "x",
        "opens_at": moment(now),
        "closes_at": moment(now + timedelta(hours=1)),
    }
    assert office.post(f"{BASE}new/", said).status_code == 422
    assert ExamSession.objects.count() == 0


def test_seats_are_looked_at_before_they_are_taken(office: Client, session: ExamSession) -> None:
    room, person = make_room(session, "甲"), make_person("许知秋")
    gone = make_seat(room, make_person("将走"))
    answer = office.post(url(session, "seats/"), {"file": sheet(("甲", 7, number_of(person), "许知春"))})
    page = answer.content.decode()
    assert [text in page for text in ("许知秋", "许知春", "将走")] == [True] * 3
    assert list(Seat.objects.all()) == [gone]
    taken = office.post(url(session, "seats/take/"), {"token": answer.context["token"]})
    assert (taken.status_code, taken["Location"]) == (302, url(session))
    seat = Seat.objects.get()
    assert (seat.person, seat.number) == (person, 7)


def test_sheet_with_a_wrong_cell_cannot_be_taken(office: Client, session: ExamSession) -> None:
    make_room(session, "甲")
    answer = office.post(url(session, "seats/"), {"file": sheet(("乙", 7, "0000", ""))})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert [text in page for text in ("A2", "C2", "没有考场“乙”")] == [True] * 3
    assert "token" not in answer.context
    assert Seat.objects.count() == 0


@pytest.mark.parametrize("token", ["", "x", "foreign"])
def test_plan_of_another_session_or_made_up_is_not_taken(
    token: str, office: Client, session: ExamSession, now: datetime
) -> None:
    if token == "foreign":
        other = make_session(now, title="下午场")
        make_room(other, "甲")
        said = {"file": sheet(("甲", 1, number_of(make_person()), ""))}
        token = office.post(url(other, "seats/"), said).context["token"]
    make_room(session, "甲")
    office.post(url(session, "seats/take/"), {"token": token})
    assert Seat.objects.count() == 0


def test_template_is_a_workbook_of_four_columns(office: Client, session: ExamSession) -> None:
    make_room(session, "甲")
    answer = office.get(url(session, "seats/template/"))
    rows = list(load_workbook(BytesIO(answer.getvalue())).active.values)  # type: ignore[union-attr]
    assert rows == [("考场", "座位号", "工号", "姓名"), ("甲", "1", None, None)]


def test_seats_by_themselves_are_shown_then_taken(office: Client, session: ExamSession) -> None:
    room = make_room(session, "甲")
    part = make_organisation("QH-01", make_organisation())
    people = [make_person(organisation=part) for _number in range(3)]
    said = {"organisations": [part.pk], f"seats_{room.pk.hex}": "2"}
    answer = office.post(url(session, "seats/arrange/"), said)
    assert (answer.status_code, "还有 1 人没有座位" in answer.content.decode()) == (422, True)
    answer = office.post(url(session, "seats/arrange/"), {**said, f"seats_{room.pk.hex}": "3"})
    assert Seat.objects.count() == 0
    office.post(url(session, "seats/take/"), {"token": answer.context["token"]})
    assert list(Seat.objects.order_by("number").values_list("person", flat=True)) == [
        person.pk for person in people
    ]


def test_invigilator_is_named_by_staff_number_and_taken_off_again(
    office: Client, session: ExamSession
) -> None:
    room, person = make_room(session), make_person("汪海潮")
    address = url(session, f"rooms/{room.pk}/invigilators/")
    office.post(address, {"staff_number": number_of(person)})
    assert Invigilator.objects.get().person == person
    assert "汪海潮" in office.get(url(session, f"rooms/{room.pk}/")).content.decode()
    office.post(address, {"dismiss": number_of(person)})
    assert Invigilator.objects.count() == 0
    foreign = make_person(organisation=make_organisation("ELSEWHERE"))
    answer = office.post(address, {"staff_number": number_of(foreign)}, follow=True)
    assert (Invigilator.objects.count(), "没有工号为" in answer.content.decode()) == (0, True)


def test_candidates_are_told_from_here(office: Client, session: ExamSession) -> None:
    make_seat(make_room(session))
    for _click in "12":
        office.post(url(session, "announce/"))
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("kind", ["tickets", "door", "sign-in"])
def test_lists_are_printed_for_a_room_and_for_all(kind: str, office: Client, session: ExamSession) -> None:
    rooms = [make_room(session, name) for name in ("甲", "乙")]
    seats = [make_seat(room) for room in rooms]
    whole = office.get(url(session, f"print/{kind}/"))
    part = office.get(url(session, f"rooms/{rooms[0].pk}/print/{kind}/"))
    numbers = [seat.ticket_number for seat in seats]
    for answer, expected in ((whole, [True, True]), (part, [True, False])):
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Cache-Control"].startswith("private, no-store")
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        assert [number in text for number in numbers] == expected
    assert office.get(url(session, "print/keys/")).status_code == 404


def test_session_somebody_sat_is_not_taken_back(office: Client, session: ExamSession, now: datetime) -> None:
    sit(make_seat(make_room(session)), now=now)
    office.post(url(session, "remove/"))
    assert ExamSession.objects.count() == 1
    other = make_session(now, title="没人坐")
    office.post(url(other, "remove/"))
    assert list(ExamSession.objects.all()) == [session]


GETS = [
    "",
    "edit/",
    "rooms/new/",
    "rooms/{room}/",
    "seats/",
    "seats/template/",
    "seats/arrange/",
    "print/door/",
    "rooms/{room}/print/door/",
]
POSTS = [
    "edit/",
    "remove/",
    "announce/",
    "rooms/new/",
    "rooms/{room}/",
    "rooms/{room}/remove/",
    "rooms/{room}/invigilators/",
    "seats/",
    "seats/arrange/",
    "seats/take/",
]


def test_foreign_session_does_not_exist_at_any_address(session: ExamSession, login: Any) -> None:
    """Row 21, for an administrator of another part, and for those without the role."""
    room = make_room(session)
    make_seat(room)
    staff = [
        make_person(organisation=make_organisation("ELSEWHERE"), roles=(Role.ADMINISTRATOR,)),
        make_person(roles=(Role.AUTHOR, Role.EXAMINER, Role.ISSUER)),
    ]
    before = AuditEntry.objects.count()
    for person in staff:
        client = login(person)
        for session_id in (session.pk, uuid4()):
            base = f"{BASE}{session_id}/"
            gets = [client.get(base + each.format(room=room.pk)) for each in GETS]
            posts = [client.post(base + each.format(room=room.pk), {"title": "x"}) for each in POSTS]
            assert {answer.status_code for answer in gets + posts} == {404}
        page = client.get(BASE, follow=True).content.decode()
        assert "上午场" not in page
    assert (AuditEntry.objects.count(), ExamSession.objects.get().title) == (before, "上午场")


def test_room_of_another_session_is_not_found_under_ones_own(
    office: Client, session: ExamSession, now: datetime
) -> None:
    """Row 22."""
    foreign = make_room(make_session(now, title="下午场"))
    for more in ("", "print/door/"):
        assert office.get(url(session, f"rooms/{foreign.pk}/{more}")).status_code == 404
    for more in ("", "remove/", "invigilators/"):
        assert office.post(url(session, f"rooms/{foreign.pk}/{more}"), {}).status_code == 404


def test_invigilator_alone_is_kept_out_of_the_admin(login: Any) -> None:
    from django.contrib.auth.models import Group

    from cms.permissions import ensure_groups
    from cms.tree import ensure_home

    Group.objects.all().delete()
    ensure_groups(ensure_home())
    client = login(make_person(roles=(Role.INVIGILATOR,)))
    assert client.get("/admin/").status_code in (302, 403)
    assert client.get("/exams/rooms/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_cost_of_the_list_and_of_a_session_does_not_grow(
    count: int, office: Client, session: ExamSession, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        room = make_room(session, f"考场{number}")
        make_seat(room)
        make_session(now, title=f"场次{number}")
    office.get(BASE)
    with django_assert_num_queries(12):
        office.get(BASE)
    with django_assert_num_queries(16):
        office.get(url(session))
