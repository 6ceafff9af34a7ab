"""The sitting page's own addresses: opening a window, the whole paper as data, and the words its scripts ask for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.models import Answer, Attempt, AttemptStatus
from assessments.sittings.pages import read_paper
from people.models import Person
from tests.assessments.making import TYPES, make_attempt, make_exam, make_question, question_item, save
from tests.factories import make_person

pytestmark = pytest.mark.django_db

ROOM = Path("assessments")
SCRIPTS = ROOM / "static/assessments"
CANARY = "金丝雀机密"


@pytest.fixture
def at() -> datetime:
    """The real moment: views read the host's clock."""
    return timezone.now()


def paper(client: Client, attempt: Attempt) -> Any:
    return client.get(f"/exams/attempt/{attempt.pk}/paper/")


def token_on(page: Any) -> str:
    found = re.search(r'data-token="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


@pytest.mark.postgres
def test_whole_paper_is_given_as_the_page_draws_it(person: Person, at: datetime, login: Any) -> None:
    make_exam(types=tuple(TYPES))
    attempt = make_attempt(person, now=at)
    save(attempt, 1, ["o2"], sequence=1, now=at, flagged=True)
    client = login(person)
    response = paper(client, attempt)
    questions = response.json()["questions"]
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    assert [each["slot"] for each in questions] == list(range(1, len(TYPES) + 1))
    assert [(each["answered"], each["flagged"], each["checked"]) for each in questions[:2]] == [
        (True, True, False),
        (False, False, False),
    ]
    page = client.get(f"/exams/attempt/{attempt.pk}/?q=4").content.decode()
    assert " ".join(questions[3]["html"].split()) in " ".join(page.split())
    assert 'value="o2" checked' in questions[0]["html"]


def test_whole_paper_takes_the_same_queries_at_one_and_at_three_questions(
    person: Person, at: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    client = login(person)
    for key, types in (("a", ("single",)), ("b", ("single", "multiple", "ordering"))):
        make_exam(key, types=types)
        attempt = make_attempt(person, key, now=at)
        with django_assert_num_queries(4):
            paper(client, attempt)


def test_pictures_of_a_whole_paper_are_measured_at_once(
    person: Person, at: datetime, django_assert_num_queries: Any
) -> None:
    from assessments.bank.media import keep_medium
    from tests.assessments.making import PICTURE

    file = keep_medium(content=PICTURE, name="图.png", by=None, now=at).file
    for key in ("P1", "P2", "P3"):
        make_question(key, "single", body_extra={"media": [{"file": file, "alt": "图"}]})
    make_exam(types=(), questions=[{"key": key, "points": 2} for key in ("P1", "P2", "P3")])
    attempt = make_attempt(person, now=at)
    with django_assert_num_queries(2):
        shown = read_paper(attempt)
    assert [question.item.media[0].width for question in shown] == [40] * 3


def test_whole_paper_holds_no_key(person: Person, at: datetime, login: Any) -> None:
    """Row 18."""
    from assessments.bank.storing import store_question

    for type in TYPES:
        item = question_item(type.replace("_", "-"), type)
        item["explanation"] = CANARY
        for criterion in item["answer"].get("criteria", ()):
            criterion["text"] = CANARY
        store_question(item=item, by=None, now=at, live=True)
    make_exam(types=(), questions=[{"key": type.replace("_", "-"), "points": 2} for type in TYPES])
    said = paper(login(person), make_attempt(person, now=at)).content.decode()
    said = said.encode().decode("unicode_escape", errors="ignore")
    assert [word for word in (CANARY, '"correct"', '"criteria"', '"orders"') if word in said] == []


def test_whole_paper_is_the_candidates_alone(person: Person, at: datetime, login: Any) -> None:
    """Row 21."""
    make_exam()
    attempt = make_attempt(person, now=at)
    assert paper(login(make_person()), attempt).status_code == 404
    assert login(person).get(f"/exams/attempt/{uuid4()}/paper/").status_code == 404
    assert paper(Client(), attempt).status_code == 302
    assert login(person).post(f"/exams/attempt/{attempt.pk}/paper/").status_code == 405


def test_paper_that_was_handed_in_is_given_no_more(person: Person, at: datetime, login: Any) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    submit_attempt(attempt_id=attempt.pk, by=person, now=at)
    response = paper(login(person), attempt)
    assert (response.status_code, response.json()) == (
        409,
        {"error": "closed", "message": "这份试卷已经交卷。"},
    )


def test_opening_the_page_makes_it_the_window_that_writes(person: Person, at: datetime, login: Any) -> None:
    """Row 12: the plain form of the older one is kept beside the paper, and told."""
    make_exam()
    attempt = make_attempt(person, now=at)
    client = login(person)
    older, newer = (token_on(client.get(f"/exams/attempt/{attempt.pk}/")) for _window in range(2))
    attempt.refresh_from_db()
    assert attempt.fence == 2
    form = {"slot": 1, "go": "2"}
    client.post(f"/exams/attempt/{attempt.pk}/save/", {**form, "token": newer, "sequence": 1, "answer": "o1"})
    told = client.post(
        f"/exams/attempt/{attempt.pk}/save/", {**form, "token": older, "sequence": 2, "answer": "o2"}
    )
    assert (told.status_code, told.url) == (302, f"/exams/attempt/{attempt.pk}/?q=1")
    assert attempt.answers.get(slot=1).response == "o1"
    assert [each.response for each in attempt.held_answers.all()] == ["o2"]


def test_question_that_is_not_there_opens_no_window(person: Person, at: datetime, login: Any) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    assert login(person).get(f"/exams/attempt/{attempt.pk}/?q=99").status_code == 404
    attempt.refresh_from_db()
    assert (attempt.fence, attempt.events.count()) == (0, 0)


def test_fetching_the_paper_opens_no_window(person: Person, at: datetime, login: Any) -> None:
    make_exam()
    attempt = make_attempt(person, now=at)
    paper(login(person), attempt)
    attempt.refresh_from_db()
    assert attempt.fence == 0


def test_checked_question_is_shut(person: Person, at: datetime, login: Any) -> None:
    make_exam(feedback="each")
    attempt = make_attempt(person, now=at)
    save(attempt, 1, ["o2"], sequence=1, now=at)
    Answer.objects.filter(attempt=attempt, slot=1).update(checked_at=at)
    first, second = paper(login(person), attempt).json()["questions"]
    assert (first["checked"], second["checked"]) == (True, False)
    assert 'value="o2" checked disabled' in first["html"]
    assert ('value="check"' in first["html"], 'value="check"' in second["html"]) == (False, True)


def test_overdue_paper_is_handed_in_by_asking_for_it(person: Person, login: Any) -> None:
    make_exam()
    attempt = make_attempt(person, now=timezone.now() - timedelta(minutes=30))
    assert paper(login(person), attempt).status_code == 409
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.COMPLETE


def test_every_word_a_script_asks_for_is_on_the_page(person: Person, at: datetime, login: Any) -> None:
    make_exam()
    page = login(person).get(f"/exams/attempt/{make_attempt(person, now=at).pk}/").content.decode()
    scripts = [*(SCRIPTS / "sitting").glob("*.js"), SCRIPTS / "upload.js"]
    code = "".join(path.read_text(encoding="utf-8") for path in scripts)
    asked = set(re.findall(r'\bword\(\s*"(\w+)"', code))
    asked |= {name for pair in re.findall(r'word\([^)]*\? "(\w+)" : "(\w+)"', code) for name in pair}
    asked |= {f"minutes{minutes}" for minutes in (10, 5, 1)}
    notices = set(re.findall(r'notice\.(?:show|answer|hide|lock|say)\(\s*"(\w+)"', code))
    assert asked - set(re.findall(r'data-word="(\w+)"', page)) == set()
    assert notices - set(re.findall(r'id="notice-(\w+)"', page)) == set()
    assert set(re.findall(r'data-word="(\w+)"', page)) - asked == set()
