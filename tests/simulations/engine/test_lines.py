"""Addresses of a document as lines of its file."""

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.document import ScenarioInvalid, load, parse
from simulations.engine.lines import Spot, locate
from tests.simulations.engine.conftest import S1_DOCUMENT

TEXT = """{
 "id": "S1", "views": {"A_甲(专业/技术)": {"轴": ["zc",
   "xx"]}},
 "nodes": [
  {"id": "N01", "choices": [{"id": "a"}, {"text": "选",
    "id": "b", "cond": "x\\u003c1",
    "effects": [{"var": "sat"}]}]}
 ],
 "title": "两行\\n文字 \\" ] }"
}"""


@pytest.mark.parametrize(
    ("address", "spot"),
    [
        ("", (1, 1)),
        ("id", (2, 2)),
        ("views.A_甲(专业/技术)", (2, 24)),
        ("views.A_甲(专业/技术).轴[0]", (2, 45)),
        ("views.A_甲(专业/技术).轴[1]", (3, 4)),
        ("nodes[0]", (5, 3)),
        ("nodes[0].choices[0].id", (5, 30)),
        ("nodes[0].choices[b]", (5, 42)),
        ("nodes[0].choices[b].cond", (6, 16)),
        ("nodes[0].choices[b].effects[0].add", (7, 17)),
        ("nodes[0].choices[b].score.zc", (5, 42)),
        ("nodes[0].choices[z].cond", (5, 17)),
        ("nodes[7].title", (4, 2)),
        ("title", (9, 2)),
        ("scoring.view", (1, 1)),
    ],
)
def test_address_is_found_in_the_text(address: str, spot: tuple[int, int]) -> None:
    assert locate(TEXT, [address]) == {address: Spot(*spot)}


def test_byte_order_mark_moves_nothing() -> None:
    assert locate("\ufeff" + TEXT, ["title"]) == {"title": Spot(9, 2)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{\n "a": }', "line 2, column 7: a value is expected"),
        ('{\n "a": 1\n "b": 2}', "line 3, column 2: a comma or a closing bracket is expected"),
        ('{"a" 1}', "line 1, column 6: a colon is expected"),
        ("{a: 1}", "line 1, column 2: a name in double quotes is expected"),
        ('{"a": "b', "line 1, column 7: a text begins here whose closing quotes are missing"),
        ('{"a": "b\nc"}', "line 1, column 9: a line break or control character stands inside a text"),
        ("{} {}", "line 1, column 4: the end of the file is expected"),
        (r'{"a": "\x"}', r"line 1, column 8: not readable as JSON: Invalid \escape"),
    ],
)
def test_text_that_is_no_json_says_where_and_what_is_expected(text: str, reason: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        load(text)
    assert refused.value.errors == (reason,)


def test_every_problem_of_a_bent_file_gets_its_line() -> None:
    bent = json.loads(json.dumps(S1_DOCUMENT))
    bent["nodes"][3]["choices"][1]["cond"] = "trsut<5"
    bent["endings"][2]["cap"] = 101
    bent["nodes"][4]["next"] = "N99"
    text = json.dumps(bent, ensure_ascii=False, indent=1)
    with pytest.raises(ScenarioInvalid) as refused:
        parse(load(text))
    lines = text.splitlines()
    spots = locate(text, [problem.where for problem in refused.value.problems])
    assert [lines[spot.line - 1].strip() for spot in spots.values()] == [
        '"cond": "trsut<5",',
        '"next": "N99",',
        '"cap": 101,',
    ]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(_json, st.integers(0, 3))
def test_key_of_any_member_stands_where_it_is_said_to(value: Any, indent: int) -> None:
    text = json.dumps({"top": value, "last": 1}, indent=indent or None, ensure_ascii=bool(indent % 2))
    lines = text.split("\n")
    for key in ("top", "last"):
        line, column = locate(text, [key])[key]
        assert lines[line - 1][column - 1 :].startswith(f'"{key}"')


@pytest.mark.parametrize(
    "text",
    [
        "[" * 900 + "]" * 900,
        "[" + "1," * 999_000 + "1]",
        '{"' + "k" * 1_000_000 + '": [' + "1," * 400_000 + "1]}",
        '"' + '\\"' * 990_000 + '"',
        "{" + '"a": {' * 500 + "}" * 501,
        "\n" * 1_900_000 + "[1]",
        '"' * 1_999_999,
        "\\" * 1_999_999,
        "[" * 1_999_999,
    ],
    ids=lambda text: f"{text[:3]!r}",
)
def test_two_million_characters_of_anything_are_scanned_in_seconds(text: str) -> None:
    begun = process_time()
    locate(text, ["nodes[0].choices[b].cond", "x" * 5_000, "[" * 5_000])
    assert process_time() - begun < 8
