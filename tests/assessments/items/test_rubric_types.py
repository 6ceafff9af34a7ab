"""Short answer and case analysis: marked by a person."""

from decimal import Decimal

import pytest

from assessments.items import ItemInvalid, MarksInvalid, ResponseInvalid, Score, item_type

SHORT, CASE = item_type("short_answer"), item_type("case_analysis")
SHORT_BODY = {"stem": "请提出方案。", "max_chars": 200}
SHORT_KEY = {
    "rule": "rubric",
    "criteria": [{"id": "c1", "text": "诊断", "max": 2}, {"id": "c2", "text": "闭环", "max": "3.5"}],
    "penalty": "空话最高3分",
    "sample": "先看日志。",
}
CASE_BODY = {
    "stem": "【材料】…",
    "parts": [{"id": "p1", "label": "第（1）问"}, {"id": "p2", "label": "第（2）问"}],
}
CASE_KEY = {
    "rule": "rubric",
    "criteria": [
        {"id": "c1", "part": "p1", "text": "指出", "max": 6},
        {"id": "c2", "part": "p2", "text": "拟文", "max": 8},
    ],
}


def test_rubric_answer_waits_for_a_person():
    assert SHORT.score(SHORT_BODY, SHORT_KEY, "先看日志", Decimal(10)) == Score(Decimal(0), Decimal(10), True)


def test_rubric_unanswered_is_zero_and_needs_nobody():
    assert SHORT.score(SHORT_BODY, SHORT_KEY, None, Decimal(10)) == Score(Decimal(0), Decimal(10), False)


@pytest.mark.parametrize(
    ("marks", "penalty", "points"),
    [
        ({"c1": 2, "c2": Decimal("3.5")}, 0, "5.5"),
        ({"c1": "1.5", "c2": 2}, Decimal(2), "1.5"),
        ({"c1": 1, "c2": 0}, 2, "0"),
        ({"c1": 0, "c2": 0}, 0, "0"),
    ],
)
def test_score_marks_adds_criteria_and_takes_the_penalty_off(marks, penalty, points):
    score = SHORT.score_marks(SHORT_KEY, marks, penalty)
    assert (score.points, score.max, score.needs_marking) == (Decimal(points), Decimal("5.5"), False)


def test_score_marks_keeps_what_the_marker_decided():
    score = SHORT.score_marks(SHORT_KEY, {"c1": "2.00", "c2": 1}, "0.5")
    assert score.as_json() == {
        "points": "2.5",
        "max": "5.5",
        "needs_marking": False,
        "detail": {"c1": "2", "c2": "1", "penalty": "0.5"},
    }


@pytest.mark.parametrize(
    ("marks", "penalty", "problems"),
    [
        ({"c1": 3, "c2": 1}, 0, ["marks.c1"]),
        ({"c1": -1, "c2": 1}, 0, ["marks.c1"]),
        ({"c1": 1}, 0, ["marks.c2"]),
        ({"c1": 1, "c2": 1, "c3": 1}, 0, ["marks.c3"]),
        ({"c1": "NaN", "c2": "Infinity"}, 0, ["marks.c1", "marks.c2"]),
        ({"c1": "", "c2": None}, 0, ["marks.c1", "marks.c2"]),
        ({"c1": True, "c2": [1]}, 0, ["marks.c1", "marks.c2"]),
        ({"c1": "1.005", "c2": 1}, 0, ["marks.c1"]),
        ({"c1": 1, "c2": 1}, -1, ["penalty"]),
        ({"c1": 1, "c2": 1}, "6", ["penalty"]),
        ({"c1": 1, "c2": "1e999999"}, 0, ["marks.c2"]),
    ],
)
def test_score_marks_refuses_marks_outside_the_rubric(marks, penalty, problems):
    with pytest.raises(MarksInvalid) as caught:
        SHORT.score_marks(SHORT_KEY, marks, penalty)
    assert [field for field, _ in caught.value.problems] == problems


def test_full_marks_are_the_sum_of_the_criteria():
    assert SHORT.full_marks(SHORT_KEY) == Decimal("5.5")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  先看日志\r\n再跟岗  ", "先看日志\n再跟岗"),
        (["一段话"], "一段话"),
        ("前\x00后\x0b\ud800", "前后"),
        ("𬭎·㛃", "𬭎·㛃"),
        (" \r\n ", None),
        ("", None),
        (None, None),
    ],
)
def test_short_answer_text_is_cleaned_and_kept(raw, clean):
    assert SHORT.clean_response(SHORT_BODY, raw) == clean


def test_short_answer_over_the_stated_limit_is_still_saved():
    assert SHORT.clean_response(SHORT_BODY, "字" * 500) == "字" * 500


@pytest.mark.parametrize("raw", [5, True, {"text": "a"}, ["a", "b"], [["a"]], b"a", "字" * 20_001])
def test_short_answer_refuses_other_shapes_and_floods(raw):
    with pytest.raises(ResponseInvalid):
        SHORT.clean_response(SHORT_BODY, raw)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ({"p2": "二", "p1": " 一 "}, {"p1": "一", "p2": "二"}),
        ({"p1": "", "p2": "二"}, {"p2": "二"}),
        ({"p1": ["一"]}, {"p1": "一"}),
        ({"p1": " "}, None),
        ({}, None),
        (None, None),
    ],
)
def test_case_analysis_keeps_one_text_per_part(raw, clean):
    assert CASE.clean_response(CASE_BODY, raw) == clean


@pytest.mark.parametrize("raw", [{"p9": "x"}, "一段话", ["p1"], {"p1": 3}, {1: "x"}, 7])
def test_case_analysis_refuses_unknown_parts_and_other_shapes(raw):
    with pytest.raises(ResponseInvalid):
        CASE.clean_response(CASE_BODY, raw)


def test_case_analysis_scores_like_any_rubric():
    assert CASE.score_marks(CASE_KEY, {"c1": 6, "c2": 4}, 2).points == Decimal(8)


@pytest.mark.parametrize(
    ("kind", "body", "key", "problems"),
    [
        (SHORT, {"stem": "甲", "max_chars": 0}, SHORT_KEY, ["body.max_chars"]),
        (SHORT, SHORT_BODY, {"rule": "rubric", "criteria": []}, ["key.criteria"]),
        (SHORT, SHORT_BODY, SHORT_KEY | {"sample": 1}, ["key.sample"]),
        (
            SHORT,
            SHORT_BODY,
            {"rule": "rubric", "criteria": [{"id": "c1", "text": "甲", "max": 0}, {"id": "c1", "text": ""}]},
            [
                "key.criteria[1].max",
                "key.criteria[1].text",
                "key.criteria[1].id",
                "key.criteria[0].max",
            ],
        ),
        (
            CASE,
            {"stem": "甲", "parts": []},
            CASE_KEY,
            ["body.parts", "key.criteria[0].part", "key.criteria[1].part"],
        ),
        (
            CASE,
            {
                "stem": "甲",
                "parts": [{"id": "p1", "label": ""}, {"id": "p2", "label": "乙", "max_chars": "x"}],
            },
            CASE_KEY,
            ["body.parts[0].label", "body.parts[1].max_chars"],
        ),
    ],
)
def test_validate_refuses(kind, body, key, problems):
    with pytest.raises(ItemInvalid) as caught:
        kind.validate(body, key)
    assert [field for field, _ in caught.value.problems] == problems


def test_summaries_are_one_short_line():
    assert SHORT.summarise(SHORT_BODY, "一\n二") == "一 二"
    assert SHORT.summarise(SHORT_BODY, "字" * 100) == "字" * 79 + "…"
    assert CASE.summarise(CASE_BODY, {"p1": "甲", "p2": "乙"}) == "第（1）问甲 第（2）问乙"
    assert [SHORT.summarise(SHORT_BODY, None), CASE.summarise(CASE_BODY, None)] == ["", ""]


def test_guessing_has_no_meaning_for_texts():
    assert SHORT.random_guess_score(SHORT_BODY, SHORT_KEY, Decimal(10)) is None
