"""Exam drafts: stored once, changed by authors, released when their questions are in use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.exams.draft_readings import read_draft
from assessments.exams.drafts import (
    DraftFate,
    change_exam_draft,
    compare_draft,
    release_draft,
    store_exam_draft,
)
from assessments.models import ExamDraft, ExamVersion, Question
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from tests.assessments.making import make_exam, make_question, open_admin
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def definition(*keys: str, **changes: Any) -> dict[str, Any]:
    exam = {
        "key": "final",
        "title": "期末",
        "minutes": 20,
        "pass_percent": 60,
        "questions": [{"key": key, "points": 1} for key in keys or ("Q1", "Q2")],
    }
    return {**exam, **changes}


def filled(client: Any, url: str) -> dict[str, Any]:
    """What a browser sends when the form of this page is stored as it is."""
    form = client.get(url).context["form"]
    values = {field.html_name: field.value() for field in form}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    return {name: "on" if value is True else value for name, value in sent.items()}


def make_draft(now: datetime, *keys: str, **changes: Any) -> ExamDraft:
    store_exam_draft(definition=definition(*keys, **changes), source="旧系统", by=None, now=now)
    return ExamDraft.objects.get(key=changes.get("key", "final"))


@pytest.fixture
def admin(db: Any) -> None:
    open_admin()


def test_a_draft_is_stored_once(now: datetime) -> None:
    fates = [
        store_exam_draft(definition=definition(), source="旧系统", by=None, now=now).fate for _time in "12"
    ]
    assert fates == [DraftFate.NEW, DraftFate.SAME]
    assert AuditEntry.objects.filter(action="exam_draft.stored").count() == 1


def test_a_draft_that_says_otherwise_is_left_alone(now: datetime) -> None:
    make_draft(now)
    other = definition(minutes=30, draw=1)
    stored = store_exam_draft(definition=other, source="旧系统", by=None, now=now)
    assert (stored.fate, stored.differs) == (DraftFate.KEPT, ("draw", "minutes"))
    assert stored == compare_draft(other)
    assert ExamDraft.objects.get().definition == definition()


def test_a_definition_that_could_never_be_released_is_no_draft(now: datetime) -> None:
    with pytest.raises(Refusal, match="minutes"):
        store_exam_draft(definition=definition(minutes=0), source="", by=None, now=now)
    assert ExamDraft.objects.count() == 0


def test_changes_are_stored_and_what_is_emptied_goes(now: datetime) -> None:
    draft = make_draft(now, summary="先读", practice=True)
    changed = change_exam_draft(
        draft=draft,
        changes={"title": "新", "summary": "", "practice": False, "shuffle": False, "draw": None},
        by=None,
        now=now,
    )
    assert changed.definition == definition(title="新", shuffle=False)
    assert ExamDraft.objects.get().title == "新"


def test_a_change_to_nothing_else_leaves_no_trace(now: datetime) -> None:
    draft = make_draft(now)
    change_exam_draft(draft=draft, changes={"minutes": 20}, by=None, now=now)
    assert not AuditEntry.objects.filter(action="exam_draft.changed").exists()


def test_a_change_that_cannot_be_is_refused(now: datetime) -> None:
    draft = make_draft(now)
    with pytest.raises(Refusal, match="draw"):
        change_exam_draft(draft=draft, changes={"draw": 9}, by=None, now=now)
    assert ExamDraft.objects.get().definition == definition()


def test_the_key_of_a_draft_stays(now: datetime) -> None:
    changed = change_exam_draft(draft=make_draft(now), changes={"key": "other"}, by=None, now=now)
    assert changed.definition["key"] == "final"


def test_a_release_waits_for_the_questions(now: datetime) -> None:
    make_question("Q1")
    Question.objects.create(key="Q2")
    draft = make_draft(now, "Q1", "Q2", "Q3")
    with pytest.raises(Refusal, match="Q3"):
        release_draft(draft=draft, by=None, now=now)
    assert ExamVersion.objects.count() == 0
    reading = read_draft(draft)
    assert [line.key for line in reading.waiting] == ["Q2", "Q3"]
    assert (reading.problem, reading.is_ready) == ("", False)


@pytest.mark.postgres
def test_a_release_twice_is_one(now: datetime) -> None:
    make_question("Q1")
    make_question("Q2")
    draft = make_draft(now)
    assert read_draft(draft).is_ready
    first, second = (release_draft(draft=draft, by=None, now=now) for _time in "12")
    assert first == second
    assert ExamVersion.objects.count() == 1
    draft.refresh_from_db()
    assert draft.released_number == 1
    assert (read_draft(draft).is_released, read_draft(draft).is_ready) == (True, False)


def test_a_changed_draft_is_the_next_version(now: datetime) -> None:
    make_question("Q1")
    make_question("Q2")
    draft = make_draft(now)
    release_draft(draft=draft, by=None, now=now)
    draft = change_exam_draft(draft=draft, changes={"minutes": 25}, by=None, now=now)
    assert read_draft(draft).is_ready
    assert release_draft(draft=draft, by=None, now=now).number == 2


def test_what_else_stands_in_the_way_is_told(now: datetime) -> None:
    make_question("Q1", "short_answer")
    reading = read_draft(make_draft(now, "Q1"))
    assert (reading.waiting, reading.is_ready) == ((), False)
    assert "Q1" in reading.problem


def test_drafts_are_for_authors(now: datetime) -> None:
    make_question("Q1")
    make_question("Q2")
    draft, other = make_draft(now), make_person()
    for write in (
        lambda by: store_exam_draft(definition=definition(), source="", by=by, now=now),
        lambda by: change_exam_draft(draft=draft, changes={"minutes": 5}, by=by, now=now),
        lambda by: release_draft(draft=draft, by=by, now=now),
    ):
        with pytest.raises(NotAllowed):
            write(other)
        write(make_person(roles=(Role.AUTHOR,)))


@pytest.mark.parametrize("size", [1, 3])
def test_a_draft_is_read_with_the_same_queries_whatever_its_questions(
    size: int, now: datetime, django_assert_num_queries: Any
) -> None:
    keys = [f"Q{number}" for number in range(size)]
    for key in keys:
        make_question(key)
    draft = make_draft(now, *keys)
    with django_assert_num_queries(4):
        read_draft(draft)


def test_the_admin_lists_and_shows_drafts(now: datetime, admin: None, login: Any) -> None:
    make_question("Q1")
    Question.objects.create(key="Q2")
    draft = make_draft(now, feedback="each", pass_text="祝贺<b>", draw=1)
    client = login(make_person(roles=(Role.AUTHOR,)))
    page = client.get("/admin/exam_drafts/").content.decode()
    for text in ("期末", "未发布", "旧系统"):
        assert text in page
    page = client.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
    for text in (
        "2 道题中有 1 道还没有启用",
        "每题答完就告知",
        "祝贺&lt;b&gt;",
        "从 2 道题中抽 1 道",
        "题干Q1",
    ):
        assert text in page
    assert "发布考试" not in page


def test_a_draft_says_in_which_order_its_questions_come(now: datetime, admin: None, login: Any) -> None:
    client = login(make_person(roles=(Role.AUTHOR,)))
    for key, settings, words in (
        ("a", {}, "每份试卷随机打乱"),
        ("b", {"shuffle": True}, "每份试卷随机打乱"),
        ("c", {"shuffle": False}, "按下列顺序"),
    ):
        draft = make_draft(now, key=key, **settings)
        page = client.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
        told = [each for each in ("每份试卷随机打乱", "按下列顺序") if each in page]
        assert told == [words]


def test_a_draft_that_everybody_passes_says_so(now: datetime, admin: None, login: Any) -> None:
    client = login(make_person(roles=(Role.AUTHOR,)))
    for key, percent, practice, told in (
        ("a", 0, False, True),
        ("b", 0, True, False),
        ("c", 1, False, False),
    ):
        draft = make_draft(now, key=key, pass_percent=percent, practice=practice)
        page = client.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
        assert ("交卷即算通过" in page) is told


def test_an_author_releases_with_a_double_click(now: datetime, admin: None, login: Any) -> None:
    make_question("Q1")
    make_question("Q2")
    draft = make_draft(now)
    client = login(make_person(roles=(Role.AUTHOR,)))
    assert "发布考试" in client.get(f"/admin/exam_drafts/inspect/{draft.pk}/").content.decode()
    for _click in "12":
        response = client.post(f"/admin/exam_drafts/release/{draft.pk}/", follow=True)
        assert "已发布，第 1 版" in response.content.decode()
    assert ExamVersion.objects.count() == 1


def test_an_author_changes_the_settings(now: datetime, admin: None, login: Any) -> None:
    draft = make_draft(now)
    client = login(make_person(roles=(Role.AUTHOR,)))
    url = f"/admin/exam_drafts/settings/{draft.pk}/"
    sent = {**filled(client, url), "title": "新期末", "minutes": "35", "pass_percent": "62.50", "draw": "9"}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "总共只有 2 道题" in refused.content.decode()
    client.post(url, {**sent, "draw": "1"})
    assert ExamDraft.objects.get().definition == definition(
        title="新期末", minutes=35, pass_percent="62.5", draw=1, shuffle=True
    )


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EXAMINER, None])
def test_nobody_else_changes_or_releases(role: Role | None, now: datetime, admin: None, login: Any) -> None:
    make_question("Q1")
    make_question("Q2")
    draft = make_draft(now)
    client = login(make_person(roles=(role,) if role else ()))
    for path in ("settings", "release"):
        client.post(f"/admin/exam_drafts/{path}/{draft.pk}/", {"title": "x", "minutes": 5, "pass_percent": 1})
    assert (ExamVersion.objects.count(), ExamDraft.objects.get().title) == (0, "期末")
    seen = client.get(f"/admin/exam_drafts/inspect/{draft.pk}/").status_code == 200
    assert seen is (role == Role.ADMINISTRATOR)


@pytest.mark.parametrize("path", ["new/", "edit/{pk}/", "delete/{pk}/", "copy/{pk}/"])
def test_the_admin_has_no_other_way_to_write(path: str, now: datetime, admin: None, login: Any) -> None:
    draft = make_draft(now)
    client = login(make_person(roles=(Role.AUTHOR,)))
    assert client.post("/admin/exam_drafts/" + path.format(pk=draft.pk), {"title": "x"}).status_code in (
        302,
        404,
    )
    assert ExamDraft.objects.get().title == "期末"


def test_the_list_takes_as_many_queries_at_three_drafts_as_at_one(
    now: datetime, admin: None, login: Any
) -> None:
    client = login(make_person(roles=(Role.AUTHOR,)))
    make_draft(now)
    client.get("/admin/exam_drafts/")
    counts = []
    for keys in ((), ("b", "c")):
        for key in keys:
            make_draft(now, key=key)
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/exam_drafts/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_draft_of_a_taken_key_says_whose_place_it_takes(now: datetime, admin: None, login: Any) -> None:
    make_exam("final", title="旧的期末")
    make_question("Q1")
    make_question("Q2")
    draft = make_draft(now)
    page = login(make_person(roles=(Role.AUTHOR,))).get(f"/admin/exam_drafts/inspect/{draft.pk}/")
    assert "《旧的期末》" in page.content.decode()
