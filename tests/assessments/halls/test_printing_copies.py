"""What is printed for a room: a cover, and for each candidate sheets that can be told apart and found again."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from PIL import Image
from pypdf import PdfReader
from pyzbar.pyzbar import decode

from assessments.bank.media import path_of
from assessments.halls.copies import Registered, papers_of, register_copies
from assessments.halls.copy_sheets import lines_for, printed_question
from assessments.halls.printing_copies import address_of_keying, grouped, print_copies
from assessments.items.forms import Box
from assessments.models import ExamRoom
from core import private_files
from core.errors import Refusal
from people.models import Role
from tests.assessments.halls.making import make_room, make_seat, make_session, sit
from tests.assessments.making import PICTURE, TYPES, make_exam
from tests.factories import make_person

pytestmark = pytest.mark.django_db
NAMES = ("许知秋", "<b>周行</b>")


@pytest.fixture
def room(now: datetime) -> ExamRoom:
    make_exam("base", types=tuple(TYPES))
    room = make_room(make_session(now))
    for name in NAMES:
        make_seat(room, make_person(name))
    return room


def registered(room: ExamRoom, now: datetime) -> Registered:
    return register_copies(room=room, by=make_person(roles=(Role.ADMINISTRATOR,)), now=now)


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_every_page_of_a_paper_says_whose_code_it_is_and_counts_for_itself(
    room: ExamRoom, now: datetime
) -> None:
    made = registered(room, now)
    pages = pages_of(print_copies(made, room=room, now=now))
    for copy in made.copies:
        own = [page for page in pages if grouped(copy.code) in page]
        counted = [re.search(r"(\d+) / (\d+)\s*$", page) for page in own]
        assert [each and each.groups() for each in counted] == [
            (str(number), str(len(own))) for number in range(1, len(own) + 1)
        ]


def test_every_paper_begins_on_the_front_of_a_sheet(room: ExamRoom, now: datetime) -> None:
    made = registered(room, now)
    pages = pages_of(print_copies(made, room=room, now=now))
    firsts = [next(n for n, page in enumerate(pages) if grouped(copy.code) in page) for copy in made.copies]
    assert [number % 2 for number in firsts] == [0, 0]


def test_the_name_stands_on_the_strip_of_the_first_page_alone(room: ExamRoom, now: datetime) -> None:
    made = registered(room, now)
    pages = pages_of(print_copies(made, room=room, now=now))
    named = [[number for number, page in enumerate(pages) if name in page] for name in NAMES]
    firsts = [next(n for n, page in enumerate(pages) if grouped(copy.code) in page) for copy in made.copies]
    assert named == [[0, firsts[0]], [0, firsts[1]]]  # the cover is the invigilator's


def test_questions_stand_in_the_candidates_own_order_without_a_key(room: ExamRoom, now: datetime) -> None:
    pages = pages_of(print_copies(registered(room, now), room=room, now=now))
    text = "\n".join(pages)
    assert [text.count(f"题干base-{number}\n") for number in (1, 4, 11)] == [2, 2, 2]
    assert [word for word in ("解析", "有依据", "指出不当") if word in text] == []


def test_the_code_on_the_sheet_leads_to_where_it_is_typed_in(
    room: ExamRoom, now: datetime, tmp_path: Path
) -> None:
    made = registered(room, now)
    pdf = tmp_path / "papers.pdf"
    pdf.write_bytes(print_copies(made, room=room, now=now))
    subprocess.run(["pdftoppm", "-r", "150", "-png", pdf, tmp_path / "page"], check=True)
    found = [
        {code.data.decode() for code in decode(Image.open(picture))}
        for picture in sorted(tmp_path.glob("page-*.png"))
    ]
    assert next(filter(None, found)) == {address_of_keying(made.copies[0].code)}
    assert set.union(*found) == {address_of_keying(copy.code) for copy in made.copies}


def test_pictures_are_printed_and_a_missing_one_ends_it(room: ExamRoom, now: datetime) -> None:
    made = registered(room, now)
    pdf = print_copies(made, room=room, now=now)
    shown = [len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert set(shown) == {1}  # kept once in the file, for all of its pages
    path = path_of(made.copies[0].exam_version.items.get(number=10).question_version.body["image"]["file"])
    private_files.storage().delete(path)
    try:
        with pytest.raises(Refusal) as refused:
            print_copies(made, room=room, now=now)
        assert refused.value.code == "picture"
    finally:
        private_files.store(PICTURE, folder="questions", suffix=".png")


def test_the_cover_says_who_gets_none_and_why(room: ExamRoom, now: datetime) -> None:
    sit(room.seats.get(number=1), now=now)
    made = registered(room, now)
    cover = "".join(pages_of(print_copies(made, room=room, now=now))[0].split())
    reason = "".join(made.refused[0][1].split())
    assert (NAMES[0] in cover, reason in cover) == (False, True)


def test_a_paper_is_in_the_words_of_the_site_whoever_prints_it(room: ExamRoom, now: datetime) -> None:
    made = registered(room, now)
    with translation.override("en"):
        english = pages_of(print_copies(made, room=room, now=now))
    assert english == pages_of(print_copies(made, room=room, now=now))


@pytest.mark.parametrize(("limit", "lines"), [(None, 12), (20, 4), (150, 8), (5000, 26)])
def test_lines_are_as_many_as_the_answer_may_need(limit: int | None, lines: int) -> None:

    assert lines_for(Box("text", "answer", "", "", limit)) == lines


def test_every_type_has_its_sheet(room: ExamRoom, now: datetime) -> None:

    copies = registered(room, now).copies
    printed = [printed_question(place) for place in papers_of(copies[:1])[copies[0].pk]]
    assert {each.template.rsplit("/", 1)[1] for each in printed} == {
        "choices.html",
        "places.html",
        "partners.html",
        "blanks.html",
        "cloze.html",
        "texts.html",
        "hotspot.html",
        "upload.html",
    }


def test_printing_again_takes_two_queries_for_any_room(
    room: ExamRoom, now: datetime, django_assert_num_queries: Any
) -> None:
    registered(room, now)
    again = registered(room, now)
    one = Registered(again.copies[:1], ())
    for made in (one, again):
        with django_assert_num_queries(2):
            print_copies(made, room=room, now=now)
