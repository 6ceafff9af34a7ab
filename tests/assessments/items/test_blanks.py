"""Fill-in and cloze: what is accepted in a blank, what it earns, and how it is drawn."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.items import ItemInvalid, ResponseInvalid, item_type
from assessments.items.blanks import worth

FILL_IN, CLOZE = item_type("fill_in"), item_type("cloze")
BODY = {
    "stem": "三号楼十二户，九户同意。",
    "blanks": [
        {"id": "b1", "label": "同意户数占比", "unit": "%"},
        {"id": "b2", "label": "表格软件里求和的函数"},
        {"id": "b3", "label": "还差几户"},
    ],
}
KEY: dict[str, Any] = {
    "rule": "per_blank",
    "blanks": {
        "b1": {"value": 75, "tolerance": "0.5"},
        "b2": {"accepted": ["SUM"], "partial": [{"text": "SUMIF", "share": "0.5"}]},
        "b3": {"accepted": ["零", "0", "不差"]},
    },
}
TEXT = {
    "stem": "把话补全。",
    "text": "动手之前先[[g1]]，\n法律的门槛是[[g2]]。",
    "gaps": [
        {"id": "g1"},
        {"id": "g2", "options": [{"id": "o1", "text": "三分之二"}, {"id": "o2", "text": "四分之三"}]},
    ],
}
TEXT_KEY = {"rule": "per_gap", "gaps": {"g1": {"accepted": ["问清楚"]}, "g2": {"correct": "o1"}}}


@pytest.mark.parametrize(
    ("key", "text", "unit", "share"),
    [
        ({"accepted": ["SUM"]}, "ｓｕｍ", "", 1),
        ({"accepted": ["SUM"]}, "  sum ", "", 1),
        ({"accepted": ["SUM"], "case": True}, "sum", "", 0),
        ({"accepted": ["SUM"], "case": True}, "ＳＵＭ", "", 1),
        ({"accepted": ["居民 自治"]}, "居民　自治", "", 1),
        ({"accepted": ["（一）"]}, "(一)", "", 1),
        ({"accepted": ["x"], "partial": [{"text": "y", "share": "0.5"}]}, "Y", "", Decimal("0.5")),
        ({"value": "3.14", "tolerance": "0.01"}, "3.15", "", 1),
        ({"value": "3.14", "tolerance": "0.01"}, "3.151", "", 0),
        ({"value": 75}, "75", "%", 1),
        ({"value": 75}, "75 ％", "%", 1),
        ({"value": 75}, "75％", "", 0),
        ({"value": 12000}, "12,000", "元", 1),
        ({"value": 12000}, "1.2e4 元", "元", 1),
        ({"value": 12000}, "12,00", "", 0),
        ({"value": -3}, "−3", "", 1),
        ({"value": "0.5"}, ".5", "", 1),
        ({"value": 1}, "", "", 0),
        ({"value": 1}, "一", "", 0),
        ({"value": 1}, "1" * 100, "", 0),
        ({"value": 1}, "1e999", "", 0),
    ],
)
def test_a_text_is_worth_what_its_blank_accepts(key: Any, text: str, unit: str, share: Any) -> None:
    assert worth(key, text, unit) == share


@given(text=st.text(), unit=st.text(max_size=3))
def test_any_text_is_worth_something_between_nothing_and_all(text: str, unit: str) -> None:
    assert 0 <= worth({"value": 1}, text, unit) <= 1
    assert worth({"accepted": [text or "x"]}, text or "x") == 1


@pytest.mark.parametrize(
    ("rule", "response", "points", "detail"),
    [
        ("per_blank", {"b1": "75%", "b2": "sum", "b3": "0"}, "3", ("right", "right", "right")),
        ("per_blank", {"b1": "75.4", "b2": "SUMIF"}, "1.5", ("right", "partly", "missed")),
        ("per_blank", {"b1": "80"}, "0", ("wrong", "missed", "missed")),
        ("per_blank", None, "0", ("missed", "missed", "missed")),
        ("all_blanks", {"b1": "75%", "b2": "sum", "b3": "0"}, "3", ("right", "right", "right")),
        ("all_blanks", {"b1": "75%", "b2": "sum"}, "0", ("right", "right", "missed")),
    ],
)
def test_fill_in_earns_by_blank_or_all_at_once(rule: str, response: Any, points: str, detail: Any) -> None:
    score = FILL_IN.score(BODY, {**KEY, "rule": rule}, response, Decimal(3))
    assert score.points == Decimal(points)
    assert tuple(score.detail[blank] for blank in ("b1", "b2", "b3")) == detail


def test_cloze_takes_words_and_choices() -> None:
    CLOZE.validate(TEXT, TEXT_KEY)
    assert CLOZE.score(TEXT, TEXT_KEY, {"g1": "问清楚", "g2": "o1"}, Decimal(2)).points == 2
    assert CLOZE.score(TEXT, TEXT_KEY, {"g1": "问清楚", "g2": "o2"}, Decimal(2)).points == 1
    assert CLOZE.score(TEXT, {**TEXT_KEY, "rule": "all_gaps"}, {"g1": "问清楚"}, Decimal(2)).points == 0
    assert CLOZE.summarise(TEXT, {"g2": "o1"}) == "动手之前先【】， 法律的门槛是【三分之二】。"
    with pytest.raises(ResponseInvalid, match="no such option"):
        CLOZE.clean_response(TEXT, {"g2": "o9"})


@pytest.mark.parametrize(("kind", "body", "key"), [(FILL_IN, BODY, KEY), (CLOZE, TEXT, TEXT_KEY)])
def test_what_is_called_right_earns_full_marks(kind: Any, body: Any, key: Any) -> None:
    for response in kind.right_responses(body, key):
        assert kind.clean_response(body, response) == response
        assert kind.score(body, key, response, Decimal(3)).points == 3


def test_gaps_are_drawn_where_the_text_has_them() -> None:
    pieces = CLOZE.form(TEXT, [], {"g1": "问清楚", "g2": "o2"}, "answer").pieces
    assert [getattr(piece, "name", piece) for piece in pieces] == [
        "动手之前先",
        "answer.g1",
        "，\n法律的门槛是",
        "answer.g2",
        "。",
    ]
    written, chosen = pieces[1], pieces[3]
    assert written.text == "问清楚"  # type: ignore[union-attr]
    assert [option.chosen for option in chosen.options] == [False, True]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"text": "没有空"}, "body.text"),
        ({"text": "[[g1]][[g1]][[g2]]"}, "body.text"),
        ({"text": "[[g1]][[g2]][[g3]]"}, "body.text"),
        ({"gaps": [{"id": "g1"}, {"id": "g2", "options": []}]}, "body.gaps[1].options"),
    ],
)
def test_cloze_refuses_gaps_that_do_not_fit_the_text(changes: Any, where: str) -> None:
    with pytest.raises(ItemInvalid) as refused:
        CLOZE.validate({**TEXT, **changes}, TEXT_KEY)
    assert where in [place for place, _message in refused.value.problems]


@pytest.mark.parametrize(
    ("blank", "where"),
    [
        ({"accepted": []}, "key.blanks.b2.accepted"),
        ({"accepted": [""]}, "key.blanks.b2.accepted[0]"),
        ({"accepted": ["x"], "partial": 3}, "key.blanks.b2.partial"),
        ({"accepted": ["x"], "partial": [{"text": "y", "share": 2}]}, "key.blanks.b2.partial[0].share"),
        ({"value": "many"}, "key.blanks.b2.value"),
        ({"value": "1e999999999"}, "key.blanks.b2.value"),
        ({"value": 1, "tolerance": -1}, "key.blanks.b2.tolerance"),
        ({"value": 1, "accepted": ["1"]}, "key.blanks.b2.accepted"),
        ("x", "key.blanks.b2"),
    ],
)
def test_fill_in_refuses_a_blank_that_accepts_nothing(blank: Any, where: str) -> None:
    with pytest.raises(ItemInvalid) as refused:
        FILL_IN.validate(BODY, {**KEY, "blanks": {**KEY["blanks"], "b2": blank}})
    assert where in [place for place, _message in refused.value.problems]
