"""试考: the real pages with a paper that counts for nothing and stands in no list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from assessments.attempts import start_attempt, submit_attempt
from assessments.entry.rehearsal import ensure_rehearsal, read_paper, rehearsal_lines
from assessments.exams.settings import ExamSettings
from assessments.marking.queueing import attempts_to_mark
from assessments.models import REHEARSAL, Attempt, AttemptStatus, ExamVersion, Question, QuestionVersion
from assessments.queries import attempts_of
from competencies.models import Evidence
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, save
from tests.factories import make_person

pytestmark = pytest.mark.django_db
WAYS = [
    "single",
    "multiple",
    "true_false",
    "ordering",
    "matching",
    "fill_in",
    "short_answer",
    "file_upload",
]


def rehearse(person: Person, now: datetime) -> Attempt:
    ensure_rehearsal(now=now)
    attempt = start_attempt(person=person, exam_key=REHEARSAL, now=now)
    written = attempt.answers.get(item__question_version__type="short_answer")
    save(attempt, written.slot, ["想练数据透视"], sequence=1, now=now)
    return submit_attempt(attempt_id=attempt.pk, by=person, now=now)


def test_paper_shows_every_way_of_answering_once(now: datetime) -> None:
    version = ensure_rehearsal(now=now)
    types = version.items.order_by("number").values_list("question_version__type", flat=True)
    assert list(types) == WAYS
    assert ExamSettings.of(version.document).rehearsal is True


def test_it_is_put_on_a_site_once(now: datetime) -> None:
    assert ensure_rehearsal(now=now) == ensure_rehearsal(now=now)
    assert (ExamVersion.objects.count(), QuestionVersion.objects.count()) == (1, len(WAYS))


def test_its_questions_are_never_taken_by_an_exam(now: datetime) -> None:
    ensure_rehearsal(now=now)
    assert set(Question.objects.values_list("status", "live_number", "category")) == {
        ("retired", None, "试考")
    }
    assert QuestionVersion.objects.live().count() == 0


def test_new_edition_is_a_new_release_with_questions_of_its_own(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ensure_rehearsal(now=now)
    paper = read_paper()
    changed = [{**each, "key": each["key"].replace("-1", "-2")} for each in paper["questions"]]
    newer = {**paper, "edition": 2, "questions": changed}
    monkeypatch.setattr("assessments.entry.rehearsal.read_paper", lambda: newer)
    second = ensure_rehearsal(now=now)
    assert (first.number, second.number) == (1, 2)
    assert ensure_rehearsal(now=now) == second


def test_it_leaves_no_evidence_no_marks_and_no_trace_in_lists(person: Person, now: datetime) -> None:
    attempt = rehearse(person, now)
    assert attempt.status == AttemptStatus.COMPLETE
    assert (Evidence.objects.count(), Notice.objects.count()) == (0, 0)
    assert attempts_of([person]) == {}
    marker = make_person(roles=(Role.EXAMINER,))
    assert attempts_to_mark(marker, at=now).count() == 0


def test_it_may_be_done_again_at_once_and_as_often_as_one_likes(person: Person, now: datetime) -> None:
    for _try in range(3):
        rehearse(person, now)
    assert Attempt.objects.filter(person=person).count() == 3


def test_page_begins_it_and_afterwards_says_what_would_have_happened(person: Person, login: Any) -> None:
    client = login(person)
    assert client.get("/exams/rehearsal/").status_code == 200
    assert ExamVersion.objects.count() == 0  # looking puts nothing on the site
    sitting = client.post("/exams/rehearsal/").url
    assert client.post("/exams/rehearsal/").url == sitting
    attempt = Attempt.objects.get()
    assert client.get(sitting).status_code == 200
    save(attempt, 7, ["想练数据透视"], sequence=1, now=timezone.now())
    submit_attempt(attempt_id=attempt.pk, by=person, now=timezone.now())
    page = client.get(f"/exams/attempt/{attempt.pk}/result/").content.decode()
    for words in ("已交卷，没有计分。", "每答一处就保存一处", "未答", "想练数据透视", "正式考试由人评阅"):
        assert words in page


def test_what_earned_nothing_is_called_wrong_and_what_earned_a_part_partly_right(
    person: Person, now: datetime, login: Any
) -> None:
    ensure_rehearsal(now=now)
    attempt = start_attempt(person=person, exam_key=REHEARSAL, now=now)
    said = {
        "single": ["o1"],
        "multiple": ["o1"],
        "true_false": ["true"],
        "matching": {"l1": "r1", "l2": "r3"},
    }
    for kind, response in said.items():
        answer = attempt.answers.get(item__question_version__type=kind)
        save(attempt, answer.slot, response, sequence=1, now=now)
    submit_attempt(attempt_id=attempt.pk, by=person, now=now)
    lines = rehearsal_lines(attempt)
    assert [line.earned for line in lines] == ["none", "none", "all", "none", "some", "none", "", ""]
    page = login(person).get(f"/exams/attempt/{attempt.pk}/result/").content.decode()
    for word in ("不正确", "部分正确", "正确"):
        assert f">{word}</" in page


def test_it_stands_in_no_list_and_its_address_leads_to_its_page(person: Person, login: Any) -> None:
    ensure_rehearsal(now=timezone.now())
    make_exam()
    client = login(person)
    page = client.get("/exams/")
    assert [card.version.key for card in page.context["cards"]] == ["base"]
    assert client.get(f"/exams/{REHEARSAL}/").url == "/exams/rehearsal/"


def test_it_is_offered_first_to_whoever_never_sat_an_exam(person: Person, now: datetime, login: Any) -> None:
    make_exam()
    client = login(person)
    for path in ("/exams/", "/exams/base/"):
        assert client.get(path).content.decode().count("/exams/rehearsal/") == 1
    assert "第一次在这里考试？" in client.get("/exams/").content.decode()
    rehearse(person, now)
    assert "第一次在这里考试？" in client.get("/exams/").content.decode()
    start_attempt(person=person, exam_key="base", now=timezone.now())
    page = client.get("/exams/").content.decode()
    assert ("第一次在这里考试？" in page, "/exams/rehearsal/" in page) == (False, True)
