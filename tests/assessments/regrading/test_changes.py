"""What may be changed of an exam that was sat, and how it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessments.models import ExamVersion
from assessments.regrading.changes import changes_text, check_changes, keys_offered
from core.errors import Refusal
from tests.assessments.making import make_exam, make_question
from tests.assessments.regrades import DOUBLED, DROP, FULL, correct_key, key_change, make_done

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ExamVersion:
    return make_exam(types=("single", "single", "short_answer"))


def refused(version: ExamVersion, changes: object) -> str:
    with pytest.raises(Refusal) as refusal:
        check_changes(version, changes)
    assert refusal.value.code == "changes"
    return str(refusal.value)


def test_changes_are_stored_by_item_with_numbers_as_text(version: ExamVersion) -> None:
    key = key_change(correct_key("base-2"), item=2)
    said = check_changes(
        version, [{"kind": "pass", "percent": 55.0}, key, {**DOUBLED, "points": 2.50, "x": 1}]
    )
    assert said == [
        {"kind": "pass", "percent": "55"},
        {"kind": "points", "item": 1, "points": "2.5"},
        key,
    ]


@pytest.mark.parametrize("changes", [None, [], "void", {}])
def test_nothing_is_no_change(changes: object, version: ExamVersion) -> None:
    assert refused(version, changes) == "请说明要更正什么：答案、作废的题、分值或合格线。"


@pytest.mark.parametrize(
    "change",
    [
        None,
        {"kind": "rule"},
        {"kind": "void", "how": "drop"},
        {"kind": "void", "item": True, "how": "drop"},
        {"kind": "void", "item": 1, "how": "half"},
        {"kind": "void", "item": 9, "how": "drop"},
        {"kind": "void", "item": 1, "how": "count"},
        {"kind": "points", "item": 1, "points": "0"},
        {"kind": "points", "item": 1, "points": "-1"},
        {"kind": "points", "item": 1, "points": "1.005"},
        {"kind": "points", "item": 1, "points": "10000"},
        {"kind": "points", "item": 1, "points": "2"},
        {"kind": "points", "item": 1},
        {"kind": "pass", "percent": "100.5"},
        {"kind": "pass", "percent": "-1"},
        {"kind": "pass", "percent": "x"},
        {"kind": "pass", "percent": "60"},
        {"kind": "key", "item": 1},
        {"kind": "key", "item": 1, "question_version": 987654},
    ],
)
def test_change_that_cannot_be_or_is_none_is_refused(change: Any, version: ExamVersion) -> None:
    refused(version, [change])


@pytest.mark.parametrize(
    "changes",
    [
        [DROP, FULL],
        [DOUBLED, {**DOUBLED, "points": "3"}],
        [{"kind": "pass", "percent": "50"}, {"kind": "pass", "percent": "55"}],
        [DROP, DOUBLED],
    ],
)
def test_changes_that_contradict_each_other_are_refused(
    changes: list[dict[str, Any]], version: ExamVersion
) -> None:
    refused(version, changes)


def test_key_and_points_of_one_question_go_together(version: ExamVersion) -> None:
    key = key_change(correct_key())
    assert check_changes(version, [DOUBLED, key]) == [key, DOUBLED]


def test_key_for_other_words_is_refused(version: ExamVersion) -> None:
    """Candidates answered what they saw."""
    reworded = correct_key(body_extra={"stem": "另一个题干"})
    assert refused(version, [key_change(reworded)]) == "第 1 题：那个版本的题目内容与考生看到的不一样。"


def test_key_of_another_question_is_refused(version: ExamVersion) -> None:
    assert "另一道题" in refused(version, [key_change(correct_key("base-2"))])


def test_key_that_is_in_force_already_is_refused(version: ExamVersion) -> None:
    pinned = version.items.get(number=1).question_version
    assert "相同" in refused(version, [key_change(pinned)])


def test_key_back_to_the_first_one_is_a_change_once_another_is_in_force(
    version: ExamVersion, now: datetime
) -> None:
    make_done(version, key_change(correct_key()), now=now)
    back = key_change(version.items.get(number=1).question_version)
    assert check_changes(version, [back]) == [back]


def test_rubric_keeps_its_criteria_once_people_marked_by_them(version: ExamVersion) -> None:
    rubric = {"rule": "rubric", "criteria": [{"id": "c1", "text": "有依据", "max": 2}], "sample": "范文"}
    words = make_question("base-3", "short_answer", answer=rubric)
    assert check_changes(version, [key_change(words, item=3)])
    criteria = [{**rubric["criteria"][0], "max": 3}]  # type: ignore[dict-item]
    other = make_question("base-3", "short_answer", answer={**rubric, "criteria": criteria})
    assert "评分" in refused(version, [key_change(other, item=3)])


def test_paper_on_which_nothing_counts_is_refused(version: ExamVersion) -> None:
    drops = [{**DROP, "item": number} for number in (1, 2, 3)]
    refused(version, drops)
    assert len(check_changes(version, [*drops[:2], {**FULL, "item": 3}])) == 3


def test_paper_that_is_drawn_may_not_come_out_empty() -> None:
    version = make_exam(types=("single",) * 3, draw=2)
    refused(version, [DROP, {**DROP, "item": 2}])
    assert check_changes(version, [DROP])


def test_questions_made_void_before_count_as_void(now: datetime) -> None:
    version = make_exam(types=("single", "single"))
    make_done(version, DROP, now=now)
    refused(version, [{**DROP, "item": 2}])
    assert check_changes(version, [{"kind": "void", "item": 1, "how": "count"}])


def test_changes_read_like_a_notice(version: ExamVersion) -> None:
    key = key_change(correct_key("base-2"), item=2)
    changes = [
        DROP,
        key,
        {**FULL, "item": 3},
        {**DOUBLED, "points": "2.5"},
        {"kind": "pass", "percent": "55"},
    ]
    assert changes_text(changes) == (
        "第 1 题作废，不计分；第 2 题更正答案；第 3 题作废，一律给满分；第 1 题改为 2.5 分；合格线改为 55%"
    )
    assert changes_text(changes[:2], {1: 5}) == "第 5 题作废，不计分"


@pytest.mark.parametrize("questions", [1, 3])
def test_keys_offered_are_those_for_the_same_words(questions: int, django_assert_num_queries: Any) -> None:
    version = make_exam(types=("single",) * questions)
    corrected = [correct_key("base-1"), correct_key("base-1", "o1")]
    correct_key("base-1", body_extra={"stem": "另一个题干"})
    with django_assert_num_queries(3):
        assert keys_offered(version) == {1: corrected[::-1]}
