"""Questions that read alike: what counts as near, what does not, and that no pair is missed."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pytest

from assessments.items.similarity import (
    STEMS_ALIKE,
    WHOLES_ALIKE,
    Prints,
    nearest,
    percent_alike,
    print_of,
    shown_texts,
)


def asks(stem: str, *options: str, **fields: Any) -> dict[str, Any]:
    entries = [{"id": f"o{number}", "text": text} for number, text in enumerate(options)]
    return {"stem": stem, **({"options": entries} if options else {}), **fields}


def alike(one: dict[str, Any], other: dict[str, Any]) -> int:
    return percent_alike(print_of(one), print_of(other))


WHERE = "申请最低生活保障，应当向哪里提出？"
OFFICES = ("户籍所在地乡镇人民政府", "民政局", "居委会", "法院")
MARKS = {"stem": "看图，图中的标志表示什么？", "media": [{"file": "a.png", "alt": "红圈内一支烟"}]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (asks(WHERE, *OFFICES), asks("申请最低生活保障 应当向哪里提出?", *OFFICES)),
        (asks(WHERE, *OFFICES), asks(WHERE, *reversed(OFFICES))),
        (asks(WHERE, *OFFICES), asks(WHERE, *OFFICES[:3], "检察院")),
        (
            asks("年满60周岁的老年人，乘坐市内公共汽车时，可以享受哪种优待？", "免费", "半价", "优先"),
            asks("年满65周岁的老年人，乘坐市内公共汽车时，可以享受哪种优待？", "免费", "半价", "优先"),
        ),
        (
            asks(
                "居民代表会议由谁召集？多少户以上提议应当召集？", "居委会，五分之一以上", "街道，三分之一以上"
            ),
            asks(
                "多少户以上提议应当召集居民代表会议？由谁召集？", "居委会，五分之一以上", "街道，三分之一以上"
            ),
        ),
        (
            asks("低保对象家庭收入发生变化的，应当在30日内报告。", "正确", "错误"),
            asks("低保对象家庭收入发生变化的，应当在60日内报告。", "正确", "错误"),
        ),
        (
            asks("关于社区矫正对象，下列说法正确的是", "由司法行政机关负责", "由居委会决定", "不必告知家属"),
            asks(
                "关于社区矫正对象，以下表述中正确的是：", "由司法行政机关负责", "由居委会决定", "不必告知家属"
            ),
        ),
    ],
    ids=["punctuation", "order", "distractor", "number", "swapped", "true_false", "stock_phrase"],
)
def test_these_are_near(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert alike(one, other) == alike(other, one)
    assert alike(one, other) >= 100 * WHOLES_ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            asks("下列说法正确的是", "低保由民政部门审批", "社区可以自行罚款", "网格员能执法"),
            asks("下列说法正确的是", "走访要两人同行", "照片可随意转发", "记录不必保存"),
        ),
        (
            asks("关于社区居家养老服务，下列说法正确的是", "由政府购买", "只服务失能老人", "收费不限"),
            asks("关于社区居家养老服务，下列说法正确的是", "应当公开服务清单", "不得签协议", "老人不能投诉"),
        ),
        (
            asks("居委会每届任期几年？", "3年", "4年", "5年", "6年"),
            asks("业委会每届任期一般不超过几年？", "3年", "4年", "5年", "6年"),
        ),
        (
            asks(**MARKS, options=[{"text": "禁止吸烟"}, {"text": "注意安全"}]),
            asks(
                MARKS["stem"],
                media=[{"file": "b.png", "alt": "黄三角感叹号"}],
                options=[{"text": "小心滑倒"}, {"text": "注意安全"}],
            ),
        ),
        (asks("", "甲", "乙"), asks("", "丙", "丁")),
    ],
    ids=["stock_phrase", "topic", "options", "pictures", "nothing"],
)
def test_these_are_not(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert alike(one, other) == 0


def test_what_candidates_read_is_all_that_is_read() -> None:
    body = {
        "stem": "题干",
        "text": "先[[g1]]后",
        "gaps": [{"id": "g1", "options": [{"id": "o1", "text": "听"}]}],
        "media": [{"file": "x.png", "alt": "图"}],
        "correct": "机密",
    }
    assert shown_texts(body) == ["题干", "先[[g1]]后", "听", "图"]
    assert alike({**body, "correct": "一"}, {**body, "correct": "二"}) == 100


@pytest.mark.parametrize(
    "body", [{}, {"stem": 3}, {"stem": "题", "options": "甲"}, {"options": [1, {"text": []}]}]
)
def test_a_body_of_any_shape_has_a_print(body: dict[str, Any]) -> None:
    assert alike(body, asks("另一道题")) == 0


@pytest.fixture(scope="module")
def bank() -> dict[str, dict[str, Any]]:
    """Questions made of a few pieces, so that many are near."""
    dice = random.Random(7)
    pieces = [
        "走访独居老人",
        "核对台账",
        "公示七天",
        "上报街道",
        "开议事会",
        "征求意见",
        "签署协议",
        "归档备查",
    ]
    made = {}
    for number in range(120):
        stem = "，".join(dice.sample(pieces, 4)) + "，应当先做什么？"
        made[f"Q{number:03}"] = asks(stem, *dice.sample(pieces, 3))
    return made


def test_no_pair_is_missed_and_none_is_made_up(bank: dict[str, dict[str, Any]]) -> None:
    """Against comparing every two, as the definition has it."""
    prints = {key: print_of(body) for key, body in bank.items()}

    def share(one: frozenset[str], other: frozenset[str]) -> float:
        return len(one & other) / len(one | other) if one & other else 0

    expected = set()
    for one, other in combinations(bank, 2):
        stems = share(prints[one].stem, prints[other].stem)
        wholes = share(prints[one].whole, prints[other].whole)
        best = max(stems if stems >= STEMS_ALIKE else 0, wholes if wholes >= WHOLES_ALIKE else 0)
        if best:
            expected.add((int(100 * best), one, other))
    found = {(pair.percent, pair.one, pair.other) for pair in Prints(prints).pairs(most=10_000)}
    assert len(expected) > 20
    assert found == expected


def test_one_question_has_the_same_neighbours_however_they_are_asked_for(
    bank: dict[str, dict[str, Any]],
) -> None:
    prints = Prints({key: print_of(body) for key, body in bank.items()})
    for body in bank.values():
        assert nearest(body, bank) == prints.near(print_of(body))


def test_pairs_come_nearest_first_and_end_at_the_limit(bank: dict[str, dict[str, Any]]) -> None:
    prints = Prints({key: print_of(body) for key, body in bank.items()})
    percents = [pair.percent for pair in prints.pairs(most=10_000)]
    assert percents == sorted(percents, reverse=True)
    assert len(prints.pairs(most=5)) == 5


def test_a_sum_with_other_numbers_is_the_same_question() -> None:
    one = {"stem": "甲网格满意率90%（回访10件），乙网格满意率60%（回访90件）。两个网格合起来，满意率是多少？"}
    other = {
        "stem": "甲网格满意率80%（回访20件），乙网格满意率50%（回访80件）。两个网格合起来，满意率是多少？"
    }
    assert percent_alike(print_of(one), print_of(other)) == 100


def test_options_with_other_numbers_are_other_options() -> None:
    one = {"stem": "下列正确的是：", "options": [{"id": "o1", "text": "15日"}, {"id": "o2", "text": "30日"}]}
    other = {
        "stem": "下列正确的是：",
        "options": [{"id": "o1", "text": "3个月"}, {"id": "o2", "text": "60个月"}],
    }
    assert percent_alike(print_of(one), print_of(other)) == 0
