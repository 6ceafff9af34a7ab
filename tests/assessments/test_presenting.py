"""What a question shows besides its words: on every page that draws questions, at the price of one query."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.bank.media import PresentedMedium, address_of, keep_medium
from assessments.models import Medium, QuestionVersion
from assessments.presenting import present_item
from courses.checks import present_all
from people.models import Person, Role
from tests.assessments.making import make_attempt, make_exam, make_question, make_submitted, picture_bytes
from tests.factories import LONG_AGO_AT, make_organisation, make_person

pytestmark = pytest.mark.django_db
SOUND = b"OggS" + bytes(60)


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


def kept(content: bytes) -> Medium:
    return keep_medium(content=content, name="一", by=None, now=LONG_AGO_AT)


def shown(number: int = 1) -> dict[str, Any]:
    """A picture of its own and a sound."""
    picture, sound = kept(picture_bytes("PNG", (40 + number, 30))), kept(SOUND)
    return {"media": [{"file": picture.file, "alt": "楼道"}, {"file": sound.file, "alt": "来电录音"}]}


def make_shown_exam(size: int, key: str = "base", type: str = "single") -> None:
    for number in range(size):
        make_question(f"{key}-P{number}", type, body_extra=shown(number))
    make_exam(key, types=(), questions=[{"key": f"{key}-P{number}", "points": 2} for number in range(size)])


def drawn(page: str) -> list[str]:
    """Addresses of the pictures and sounds a page draws."""
    return re.findall(r'<(?:img|audio)[^>]* src="(/exams/media/[^"]+)"', page)


def test_question_says_where_its_pictures_are_and_how_large(django_assert_num_queries: Any) -> None:
    body = shown()
    picture, sound = (each["file"] for each in body["media"])
    version = QuestionVersion.objects.get(pk=make_question("Q", body_extra=body).pk)
    with django_assert_num_queries(1):
        item = present_item(version, order=["o1", "o2", "o3"])
    assert item.media == (
        PresentedMedium(address_of(picture), "楼道", False, 41, 30),
        PresentedMedium(address_of(sound), "来电录音", True),
    )


def test_question_without_pictures_asks_for_none(django_assert_num_queries: Any) -> None:
    version = QuestionVersion.objects.get(pk=make_question("Q").pk)
    with django_assert_num_queries(0):
        assert present_item(version, order=["o1", "o2", "o3"]).media == ()


@pytest.mark.parametrize(("size", "picture_queries"), [(1, 1), (3, 1)])
def test_result_page_asks_once_for_all_its_pictures(
    size: int, picture_queries: int, person: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    make_shown_exam(size)
    make_exam("plain", types=("single",) * size)
    attempt, plain = make_submitted(person, now=at), make_submitted(person, "plain", now=at)
    client = login(person)
    client.get(f"/exams/attempt/{plain.pk}/result/")
    with django_assert_num_queries(13):
        client.get(f"/exams/attempt/{plain.pk}/result/")
    with django_assert_num_queries(13 + picture_queries):
        page = client.get(f"/exams/attempt/{attempt.pk}/result/")
    assert len(drawn(page.content.decode())) == 2 * size


@pytest.mark.parametrize("size", [1, 3])
def test_lesson_asks_once_for_the_pictures_of_all_its_checks(
    size: int, django_assert_num_queries: Any
) -> None:
    for number in range(size):
        make_question(f"Q{number}", body_extra=shown(number))
    questions = {f"b{number}": f"Q{number}" for number in range(size)}
    present_all(questions, seed="x", responses={}, passed=[])
    with django_assert_num_queries(2):
        items = present_all(questions, seed="x", responses={}, passed=[])
    assert [item.media[0].width for item in items.values()] == [40 + number for number in range(size)]


def test_sitting_and_preview_draw_what_the_question_shows(person: Person, at: datetime, login: Any) -> None:
    make_shown_exam(1)
    attempt = make_attempt(person, now=at)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/").content.decode()
    files = [each["file"] for each in shown(0)["media"]]
    assert drawn(page) == [address_of(file) for file in files]
    assert 'alt="楼道" width="40" height="30"' in page
    assert '<audio controls preload="none"' in page
    assert "来电录音</figcaption>" in page
    author = login(make_person(roles=(Role.AUTHOR,)))
    preview = author.get("/exams/questions/base-P0/").content.decode()
    assert drawn(preview) == drawn(page)


def test_marker_sees_what_the_question_shows(at: datetime, login: Any) -> None:
    here = make_organisation("QH-01")
    candidate = make_person(organisation=here)
    make_shown_exam(1, type="short_answer")
    attempt = make_attempt(candidate, now=at, answered=True)
    submit_attempt(attempt_id=attempt.pk, by=candidate, now=at)
    marker = login(make_person(organisation=here, roles=(Role.EXAMINER,)))
    page = marker.get(f"/exams/marking/{attempt.pk}/1/").content.decode()
    assert len(drawn(page)) == 2


def test_sitting_page_draws_areas_and_no_inline_style(person: Person, at: datetime, login: Any) -> None:
    make_exam(types=("hotspot",))
    attempt = make_attempt(person, now=at, answered=True)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/").content.decode()
    assert '<rect class="area" data-spot="s1" x="1" y="1" width="11" height="9" data-state="chosen"/>' in page
    assert '<circle class="area" data-spot="s2" cx="30" cy="10" r="6" data-state="chosen"/>' in page
    assert '<polygon class="area" data-spot="s3" points="5,20 20,20 12,28"/>' in page
    assert " style=" not in page


def test_result_names_areas_by_letter_and_draws_them(person: Person, at: datetime, login: Any) -> None:
    make_exam(types=("hotspot",))
    attempt = make_submitted(person, now=at)
    page = login(person).get(f"/exams/attempt/{attempt.pk}/result/")
    line = page.context["report"].lines[0]
    assert (line.response, line.picked, line.key.right) == ("A 电动车；B", True, ("A 电动车；B",))
    assert line.shown == (("A", "电动车"), ("C", "灭火器"))
    assert page.content.decode().count('class="area"') == 3
