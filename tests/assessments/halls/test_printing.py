"""准考证, door lists and sign-in sheets: what is on them, what a name cannot do to them."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import override_settings
from pypdf import PdfReader

from assessments.halls.printing import (
    print_door_lists,
    print_sign_in_sheets,
    print_tickets,
    seats_to_print,
)
from assessments.models import ExamRoom
from people.identity import store_id_number
from tests.assessments.halls.making import make_room, make_seat, make_session
from tests.assessments.making import make_exam
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db
RARE = ["欧阳𬭎", "阿依古丽·买买提", "㛃"]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


@pytest.fixture
def room(now: datetime) -> ExamRoom:
    make_exam(rules="不得交谈。\n可以使用计算器。")
    return make_room(make_session(now, late_entry_minutes=15), "第一考场", place="学院 3 楼 301")


def test_ticket_says_who_where_when_and_what_is_to_be_kept_to(room: ExamRoom) -> None:
    seat = make_seat(room, make_person("许知秋"), number=7)
    store_id_number(account=seat.person.account, number="000000199308260038", by=None, now=LONG_AGO_AT)
    [text] = pages(print_tickets(room.session, seats_to_print(pk=seat.pk)))
    for said in [
        "许知秋",
        seat.ticket_number,
        "考试base",
        "上午场",
        "2026年11月22日",
        "19:50–22:00",
        "第一考场",
        "学院 3 楼 301",
        "15 分钟",
        "不得交谈。",
        "可以使用计算器。",
    ]:
        assert said.replace(" ", "") in text.replace(" ", "").replace("\n", "")
    assert "199308260038" not in text
    assert seat.person.account.identity.masked in text


def test_two_tickets_are_on_a_sheet_whatever_their_rules(room: ExamRoom) -> None:
    for _number in range(5):
        make_seat(room)
    assert len(pages(print_tickets(room.session, seats_to_print(room=room)))) == 3


@pytest.mark.parametrize("name", RARE)
@pytest.mark.parametrize("prints", [print_door_lists, print_sign_in_sheets])
def test_rare_names_are_readable_on_every_list(prints: Any, name: str, room: ExamRoom) -> None:
    make_seat(room, make_person(name))
    assert name in "".join(pages(prints(room.session, [room])))


@pytest.mark.parametrize("name", RARE)
def test_rare_names_are_readable_on_the_ticket(name: str, room: ExamRoom) -> None:
    make_seat(room, make_person(name))
    assert name in "".join(pages(print_tickets(room.session, seats_to_print(room=room))))


def test_markup_in_a_name_is_text(room: ExamRoom) -> None:
    """Row 35."""
    seat = make_seat(room)
    account = seat.person.account
    account.name = "<img src=file:///etc/passwd><b>甲"
    account.save()
    for pdf in (
        print_tickets(room.session, seats_to_print(room=room)),
        print_door_lists(room.session, [room]),
        print_sign_in_sheets(room.session, [room]),
    ):
        assert "<imgsrc=file:///etc/passwd><b>甲" in "".join(pages(pdf)).replace(" ", "").replace("\n", "")


def test_lists_have_every_seat_of_a_room_in_order_and_a_sheet_for_each_room(
    room: ExamRoom, now: datetime
) -> None:
    other = make_room(room.session, "第二考场")
    numbers = [make_seat(room, number=number).ticket_number for number in (3, 1, 2)]
    make_seat(other)
    for prints in (print_door_lists, print_sign_in_sheets):
        first, second = pages(prints(room.session, [room, other]))
        places = [first.index(numbers[at]) for at in (1, 2, 0)]
        assert places == sorted(places)
        assert "第二考场" in second
        assert not any(number in second for number in numbers)


@pytest.mark.parametrize("seats", [1, 3])
def test_cost_of_a_list_does_not_grow(seats: int, room: ExamRoom, django_assert_num_queries: Any) -> None:
    for _number in range(seats):
        make_seat(room)
    room.session.organisation  # noqa: B018
    with django_assert_num_queries(2):
        print_sign_in_sheets(room.session, [room])


@override_settings(LANGUAGE_CODE="zh-hans")
def test_documents_speak_the_sites_language_whoever_prints(room: ExamRoom) -> None:
    from django.utils import translation

    make_seat(room)
    with translation.override("en"):
        [text] = pages(print_tickets(room.session, seats_to_print(room=room)))
    assert "准考证" in text.replace(" ", "")
