"""What django-quiz-app dumps."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given

from assessments.formats import Draft, FileRefused
from assessments.formats.django_quiz import DjangoQuiz, Given, quizzes_in, read_dump, sittings_in
from tests.assessments.formats.drafts import questions
from tests.assessments.quiz_dump import DUMP as SITE
from tests.assessments.quiz_dump import choice, dumped, quiz, sitting, zipped

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
    found = {str(one.where): one for one in read(DUMP)}
    assert "a.png" in str(found["multichoice.mcquestion 2"].warnings[0])
    assert str(found["essay.essay_question 9"].reason) == "The row of quiz.question with this key is missing."
    assert found["multichoice.mcquestion 5, the options"].draft is None


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
    assert [(str(loss.where), loss.whole) for loss in losses] == [("Q1", False), ("Q2", True)]
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


def test_a_zip_brings_the_figures_along() -> None:
    package = zipped({"site/media/uploads/2024/03/01/通道.png": b"PNG"})
    (draft,) = [one.draft for one in QUIZ.read(package) if one.draft and one.draft.name == "6"]
    assert draft.body["media"] == [{"file": "通道.png", "alt": "图1"}]
    assert draft.files == {"通道.png": b"PNG"}


def test_a_figure_that_the_zip_lacks_is_named() -> None:
    (found,) = [one for one in QUIZ.read(zipped({})) if one.draft and one.draft.name == "6"]
    assert "通道.png" in str(found.warnings[0])
    assert found.draft
    assert "media" not in found.draft.body


def test_a_figure_is_never_looked_for_outside_the_zip() -> None:
    rows = [*SITE, *choice(8, "看图", [], "=甲", "乙", figure="../../etc/passwd.png")]
    found = {one.draft.name: one for one in QUIZ.read(zipped({"passwd.png": b"x"}, rows)) if one.draft}
    assert not found["8"].draft.files


@pytest.mark.parametrize(
    "files", [{"../evil.png": b"x"}, {"media/zeros.png": bytes(8 * 2**20)}], ids=["outside", "bomb"]
)
def test_a_dangerous_zip_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(FileRefused):
        list(QUIZ.read(zipped(files)))


def test_a_zip_without_a_dump_is_refused() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("a.png", b"x")
    target.seek(0)
    with pytest.raises(FileRefused, match="no JSON"):
        list(QUIZ.read(target))


def test_keys_that_are_none_are_left_out() -> None:
    odd = [
        {"model": ["quiz.quiz"], "pk": 1, "fields": {}},
        {"model": "quiz.quiz", "pk": [1], "fields": {}},
        question(8, content="甲", category=[1], sub_category={"a": 1}, quiz={"b": 2}),
        {"model": "true_false.tf_question", "pk": 8, "fields": {"correct": True}},
    ]
    drafts = {one.draft.name: one.draft for one in read([*SITE, *odd]) if one.draft}
    assert drafts["8"].category == ()
    dump = read_dump(dumped([*SITE, *odd]))
    assert [each.key for each in quizzes_in(dump)] == [1, 2, 3]


def test_a_quiz_asks_by_category_and_those_without_one_last() -> None:
    final = quizzes_in(read_dump(dumped()))[0]
    assert final.questions == ("1", "2", "5", "3", "4")
    assert (final.category, final.pass_mark, final.single_attempt) == ("社区治理", 60, True)


def test_a_single_attempt_is_kept_as_that_app_keeps_it() -> None:
    rows = [*SITE, quiz(4, "once", single_attempt=True, exam_paper=False)]
    assert quizzes_in(read_dump(dumped(rows)))[-1].exam_paper


def test_a_sitting_says_what_was_answered_and_whether_it_was_right() -> None:
    first, second, *_others = sittings_in(read_dump(dumped()))
    assert first.answers == (
        Given("1", "居民委员会", True),
        Given("2", "姓名", True),
        Given("3", "正确", True),
        Given("4", "走访了三户。", None),
    )
    assert (first.user, first.score, first.complete) == ("A100", 3, True)
    assert second.answers == (Given("6", "保安", False), Given("1", "", None))


def test_an_essay_that_was_marked_right_is_right() -> None:
    rows = [*SITE, sitting(20, 7, 1, "4,", current_score=1, user_answers='{"4": "写"}')]
    assert list(sittings_in(read_dump(dumped(rows))))[-1].answers == (Given("4", "写", True),)


def test_a_long_text_is_cut_and_a_user_may_be_named_instead_of_numbered() -> None:
    rows = [*SITE, sitting(20, ["A100"], 1, "4,", user_answers=json.dumps({"4": "长" * 900}))]
    last = list(sittings_in(read_dump(dumped(rows))))[-1]
    assert (last.user, len(last.answers[0].text)) == ("A100", 500)


@pytest.mark.parametrize(
    "fields",
    [
        {"user_answers": "{"},
        {"user_answers": "[1]"},
        {"user_answers": None},
        {"question_order": None},
        {"question_order": "x,1e3,²,99999999999999999999999,1"},
        {"incorrect_questions": 5},
        {"current_score": "viel", "complete": "yes"},
        {"start": "yesterday", "end": "0001-01-01T00:00:00"},
        {"user": {"id": 1}, "quiz": [1]},
    ],
)
def test_a_broken_sitting_is_read_as_far_as_it_goes(fields: dict[str, Any]) -> None:
    broken = sitting(20, 7, 1, "1,")
    broken["fields"] |= fields
    assert len(list(sittings_in(read_dump(dumped([*SITE, broken]))))) == 7


def test_what_a_database_refuses_is_left_out_of_texts() -> None:
    rows = json.dumps([*SITE, *choice(8, "甲X乙", [], "=一X", "二")]).replace("X", "\\u0000\\ud83d")
    (draft,) = [one.draft for one in QUIZ.read(BytesIO(rows.encode())) if one.draft and one.draft.name == "8"]
    assert (draft.body["stem"], draft.body["options"][0]["text"]) == ("甲乙", "一")
