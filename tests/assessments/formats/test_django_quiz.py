"""What django-quiz-app dumps."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given

from assessments.formats import Draft, FileRefused
from assessments.formats.django_quiz import DjangoQuiz
from tests.assessments.formats.drafts import questions

QUIZ = DjangoQuiz()


def question(key: int, **fields: Any) -> dict[str, Any]:
    shared = {"quiz": [1], "category": 1, "sub_category": 2, "figure": "", "explanation": ""}
    return {"model": "quiz.question", "pk": key, "fields": shared | fields}


def answer(key: int, of: int, content: str, correct: bool) -> dict[str, Any]:
    return {
        "model": "multichoice.answer",
        "pk": key,
        "fields": {"question": of, "content": content, "correct": correct},
    }


DUMP = [
    {"model": "quiz.category", "pk": 1, "fields": {"category": "社区治理"}},
    {"model": "quiz.subcategory", "pk": 2, "fields": {"sub_category": "议事", "category": 1}},
    {"model": "quiz.quiz", "pk": 1, "fields": {"title": "期末", "url": "final", "pass_mark": 60}},
    question(1, content="谁召集？", explanation="居委会召集。"),
    {"model": "multichoice.mcquestion", "pk": 1, "fields": {"answer_order": "random"}},
    answer(1, 1, "居民委员会", True),
    answer(2, 1, "街道", False),
    question(2, content="登记什么？", figure="uploads/2026/a.png", sub_category=None),
    {"model": "multichoice.mcquestion", "pk": 2, "fields": {"answer_order": "content"}},
    answer(3, 2, "姓名", True),
    answer(4, 2, "来意", True),
    answer(5, 2, "天气", False),
    question(3, content="三分之二是多数", category=None, sub_category=None),
    {"model": "true_false.tf_question", "pk": 3, "fields": {"correct": True}},
    question(4, content="写一写"),
    {"model": "essay.essay_question", "pk": 4, "fields": {}},
    question(5, content="没有选项"),
    {"model": "multichoice.mcquestion", "pk": 5, "fields": {"answer_order": "none"}},
    {"model": "essay.essay_question", "pk": 9, "fields": {}},
]


def read(rows: Any) -> Any:
    return list(QUIZ.read(BytesIO(json.dumps(rows, ensure_ascii=False).encode())))


def test_a_dump_gives_its_questions_with_category_and_explanation() -> None:
    by_name = {one.draft.name: one.draft for one in read(DUMP) if one.draft}
    assert {name: draft.type for name, draft in by_name.items()} == {
        "1": "single",
        "2": "multiple",
        "3": "true_false",
        "4": "short_answer",
    }
    first = by_name["1"]
    assert (first.category, first.explanation) == (("社区治理", "议事"), "居委会召集。")
    assert first.answer == {"rule": "exact", "correct": "o1"}
    several = by_name["2"]
    assert [option["text"] for option in several.body["options"]] == ["天气", "姓名", "来意"]
    assert (several.body["shuffle"], several.answer["correct"]) == (False, ["o2", "o3"])
    assert (by_name["3"].category, by_name["3"].answer["correct"]) == ((), "true")


def test_what_is_missing_is_said() -> None:
    found = {one.where: one for one in read(DUMP)}
    assert "a.png" in str(found["multichoice.mcquestion 2"].warnings[0])
    assert str(found["essay.essay_question 9"].reason) == "The row of quiz.question with this key is missing."
    assert found["multichoice.mcquestion 5, body.options"].draft is None


@pytest.mark.parametrize(
    "content", [b"", b"[", b"{}", b"[1, 2]", b'[{"model": "auth.user"}]', b"\xff\xfe\x00"]
)
def test_what_is_no_such_dump_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        list(QUIZ.read(BytesIO(content)))


def test_hostile_rows_do_no_harm() -> None:
    rows = [
        *DUMP,
        None,
        7,
        {"model": "quiz.question"},
        {"model": "multichoice.answer", "pk": 1, "fields": []},
    ]
    assert len([one for one in read(rows) if one.draft]) == 4


def test_what_the_app_has_no_place_for_is_said() -> None:
    draft = Draft(
        type="multiple",
        body={"stem": "选", "options": [{"id": "o1", "text": "甲"}, {"id": "o2", "text": "乙"}]},
        answer={"rule": "social_worker_exam", "correct": ["o1"]},
        name="Q1",
        tags=("自治",),
        difficulty=3,
    )
    ordering = Draft("ordering", draft.body, {"rule": "exact", "orders": [["o1", "o2"]]}, name="Q2")
    losses = QUIZ.write([draft, ordering], BytesIO())
    assert [(loss.where, loss.whole) for loss in losses] == [("Q1", False), ("Q2", True)]
    assert str(losses[0].reason) == "django-quiz-app has no place for: several, rule, name, tags, difficulty."


@given(draft=questions(("single", "multiple", "true_false")))
def test_what_is_written_is_read_back(draft: Draft) -> None:
    answer = draft.answer
    if draft.type == "multiple":
        answer = {**answer, "rule": "all_or_nothing" if len(answer["correct"]) > 1 else "exact"}
        if answer["rule"] == "exact":
            return
    carried = replace(draft, answer=answer, name="1", tags=(), points=None, difficulty=None)
    target = BytesIO()
    assert QUIZ.write([carried], target) == []
    target.seek(0)
    assert [one.draft for one in QUIZ.read(target)] == [carried]
