"""Single choice, true or false, multiple choice."""

from decimal import Decimal
from itertools import combinations

import pytest

from assessments.items import ItemInvalid, ResponseInvalid, Score, item_type

OPTIONS = [{"id": f"o{n}", "text": f"第{n}项"} for n in range(1, 6)]
BODY = {"stem": "选一选", "options": OPTIONS}
JUDGED = {"stem": "对吗", "options": [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]}

SINGLE, MULTIPLE, TRUE_FALSE = item_type("single"), item_type("multiple"), item_type("true_false")
ONE = {"rule": "exact", "correct": "o3"}
EXAM = {"rule": "social_worker_exam", "correct": ["o1", "o2", "o4"]}
WEIGHTED = {"rule": "weighted", "correct": ["o1", "o2", "o4"]}
STRICT = {"rule": "all_or_nothing", "correct": ["o1", "o2", "o4"]}


@pytest.mark.parametrize(
    ("response", "score"),
    [
        ("o3", Score(Decimal(1), Decimal(1), detail={"o3": "right"})),
        ("o1", Score(Decimal(0), Decimal(1), detail={"o3": "missed", "o1": "wrong"})),
        (None, Score(Decimal(0), Decimal(1), detail={"o3": "missed"})),
    ],
)
def test_single_scores_all_or_nothing(response, score):
    assert SINGLE.score(BODY, ONE, response, Decimal(1)) == score


@pytest.mark.parametrize(
    ("response", "points"),
    [("false", Decimal(1)), ("true", Decimal(0)), (None, Decimal(0))],
)
def test_true_false_scores_the_right_judgement(response, points):
    key = {"rule": "exact", "correct": "false"}
    assert TRUE_FALSE.score(JUDGED, key, response, Decimal(1)).points == points


@pytest.mark.parametrize(
    ("response", "exam", "strict"),
    [
        (["o1", "o2", "o4"], "2", "2"),
        (["o1", "o2"], "1.0", "0"),
        (["o4"], "0.5", "0"),
        (["o1", "o2", "o4", "o5"], "0", "0"),
        (["o1", "o3"], "0", "0"),
        (["o3", "o5"], "0", "0"),
        (None, "0", "0"),
    ],
)
def test_multiple_scores_by_its_rule(response, exam, strict):
    assert MULTIPLE.score(BODY, EXAM, response, Decimal(2)).points == Decimal(exam)
    assert MULTIPLE.score(BODY, STRICT, response, Decimal(2)).points == Decimal(strict)


def test_multiple_three_of_four_earns_one_and_a_half():
    key = {"rule": "social_worker_exam", "correct": ["o1", "o3", "o4", "o5"]}
    assert MULTIPLE.score(BODY, key, ["o1", "o3", "o5"], Decimal(2)).points == Decimal("1.5")


def test_multiple_too_few_never_exceeds_full_marks():
    assert MULTIPLE.score(BODY, EXAM | {"per_option": "0.8"}, ["o1", "o2"], Decimal(1)).points == Decimal(1)


def test_multiple_detail_tells_right_missed_and_wrong_apart():
    score = MULTIPLE.score(BODY, EXAM, ["o1", "o5"], Decimal(2))
    assert score.detail == {"o1": "right", "o2": "missed", "o4": "missed", "o5": "wrong"}


@pytest.mark.parametrize(
    ("raw", "clean"),
    [("o2", "o2"), (["o2"], "o2"), (["o2", "o2"], "o2"), ("", None), (None, None), ([], None), ([""], None)],
)
def test_single_response_is_normalised(raw, clean):
    assert SINGLE.clean_response(BODY, raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (["o4", "o1", "o4"], ["o1", "o4"]),
        ("o4", ["o4"]),
        (("o2", ""), ["o2"]),
        ([], None),
        (None, None),
    ],
)
def test_multiple_response_is_normalised_to_stored_order(raw, clean):
    assert MULTIPLE.clean_response(BODY, raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"), [(True, "true"), (False, "false"), ("false", "false"), (None, None)]
)
def test_true_false_response_may_be_a_json_boolean(raw, clean):
    assert TRUE_FALSE.clean_response(JUDGED, raw) == clean


@pytest.mark.parametrize(
    "raw", [["o1", "o2"], "o9", "O1", "C", 3, {"o1": "on"}, [["o1"]], [None], b"o1", True]
)
def test_single_refuses_what_is_not_one_of_its_options(raw):
    with pytest.raises(ResponseInvalid):
        SINGLE.clean_response(BODY, raw)


@pytest.mark.parametrize("raw", ["o9", ["o1", "o9"], 3, {"o1": "on"}, [["o1"]], [1], "o1,o2"])
def test_multiple_refuses_what_is_not_a_set_of_its_options(raw):
    with pytest.raises(ResponseInvalid):
        MULTIPLE.clean_response(BODY, raw)


def test_random_guess_scores():
    assert SINGLE.random_guess_score(BODY, ONE, Decimal(1)) == Decimal("0.2")
    assert TRUE_FALSE.random_guess_score(JUDGED, {"rule": "exact", "correct": "true"}, Decimal(1)) == Decimal(
        "0.5"
    )
    # 31 sets of options: one earns 2, three earn 0.5, three earn 1.
    assert MULTIPLE.random_guess_score(BODY, EXAM, Decimal(2)) == Decimal("0.209677")
    assert MULTIPLE.random_guess_score(BODY, STRICT, Decimal(2)) == Decimal("0.064516")


def test_summaries_use_the_options_words():
    assert SINGLE.summarise(BODY, "o3") == "第3项"
    assert MULTIPLE.summarise(BODY, ["o1", "o4"]) == "第1项；第4项"
    assert TRUE_FALSE.summarise(JUDGED, "false") == "错误"
    assert [SINGLE.summarise(BODY, None), MULTIPLE.summarise(BODY, None)] == ["", ""]


def test_rule_note_tells_the_rule_and_nothing_of_the_key():
    assert str(MULTIPLE.rule_note(EXAM)) == (
        "A wrong choice scores 0; if some are missing, each right choice earns 0.5."
    )
    assert str(MULTIPLE.rule_note(STRICT)) == "Only exactly the right choices earn marks."


def test_validate_names_every_problem_at_once():
    body = {
        "stem": " ",
        "options": [{"id": "o1", "text": ""}, {"id": "o1", "text": "乙", "correct": True}],
        "key": 1,
    }
    with pytest.raises(ItemInvalid) as caught:
        SINGLE.validate(body, {"rule": "lenient", "correct": "o7"})
    assert [(field, str(message)) for field, message in caught.value.problems] == [
        ("body.key", "This field is not known here."),
        ("body.stem", "Write some text here."),
        ("key.rule", "Choose one of: exact."),
        ("body.options[0].text", "Write some text here."),
        ("body.options[1].correct", "This field is not known here."),
        ("body.options[1].id", "The id o1 is used twice."),
        ("key.correct", "Choose one of: o1."),
    ]


@pytest.mark.parametrize(
    ("kind", "body", "key", "problems"),
    [
        (SINGLE, {"stem": "甲"}, {}, ["body.options", "key.correct", "key.rule"]),
        (SINGLE, None, [], ["body", "key"]),
        (SINGLE, {"stem": "甲", "options": OPTIONS[:1]}, ONE, ["body.options", "key.correct"]),
        (SINGLE, {**BODY, "shuffle": "no"}, ONE, ["body.shuffle"]),
        (MULTIPLE, BODY, EXAM | {"correct": []}, ["key.correct"]),
        (MULTIPLE, BODY, EXAM | {"correct": ["o1", "o1"]}, ["key.correct"]),
        (MULTIPLE, BODY, EXAM | {"correct": ["o1", "o8", "o9"]}, ["key.correct", "key.correct"]),
        (MULTIPLE, BODY, EXAM | {"per_option": "0"}, ["key.per_option"]),
        (MULTIPLE, BODY, EXAM | {"per_option": "NaN"}, ["key.per_option"]),
        (
            TRUE_FALSE,
            {**JUDGED, "options": JUDGED["options"][::-1]},
            ONE | {"correct": "true"},
            ["body.options"],
        ),
    ],
)
def test_validate_refuses(kind, body, key, problems):
    with pytest.raises(ItemInvalid) as caught:
        kind.validate(body, key)
    assert [field for field, _ in caught.value.problems] == problems


def test_explanation_follows_the_letters_the_candidate_saw():
    key = ONE | {"explanation_cites_options": True}
    text = "用COUNTIFS。A只按年龄计数；B是把年龄相加（E错）。"
    assert SINGLE.explain(BODY, key, text, ["o5", "o1", "o2", "o3", "o4"]) == (
        "用COUNTIFS。B只按年龄计数；C是把年龄相加（A错）。"
    )
    assert SINGLE.explain(BODY, key, text, ["o1", "o2", "o3", "o4", "o5"]) == text
    assert SINGLE.explain(BODY, ONE, text, ["o5", "o1", "o2", "o3", "o4"]) == text


@pytest.mark.parametrize(
    ("response", "even", "weighed"),
    [
        (["o1", "o2", "o4"], "6", "6"),
        (["o1", "o2"], "4", "3.6"),
        (["o1", "o2", "o3"], "2", "3"),
        (["o1", "o3"], "0", "1.2"),
        (["o3", "o5"], "0", "0"),
        (["o1", "o2", "o3", "o4", "o5"], "2", "0"),
        (None, "0", "0"),
    ],
)
def test_multiple_weighs_every_choice_and_never_pays_less_than_nothing(response, even, weighed):
    weights = {"o1": "0.3", "o2": "0.3", "o3": "-0.1", "o4": "0.4", "o5": "-1"}
    assert MULTIPLE.score(BODY, WEIGHTED, response, Decimal(6)).points == Decimal(even)
    assert MULTIPLE.score(BODY, {**WEIGHTED, "weights": weights}, response, Decimal(6)).points == Decimal(
        weighed
    )


def test_multiple_weighted_random_guess_is_the_mean_over_all_picks():
    ids = [option["id"] for option in OPTIONS]
    picks = [list(each) for size in range(1, 6) for each in combinations(ids, size)]
    scores = [MULTIPLE.score(BODY, WEIGHTED, each, Decimal(6)).points for each in picks]
    mean = (sum(scores) / len(picks)).quantize(Decimal("0.000001"))
    assert MULTIPLE.random_guess_score(BODY, WEIGHTED, Decimal(6)) == mean


@pytest.mark.parametrize("weights", [{}, {"o9": "1"}, {"o1": "2"}, {"o1": "x"}, ["o1"]])
def test_multiple_refuses_weights_that_are_no_shares(weights):
    with pytest.raises(ItemInvalid, match=r"key\.weights"):
        MULTIPLE.validate(BODY, {**WEIGHTED, "weights": weights})
