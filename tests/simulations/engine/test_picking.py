"""Conditions as rows of pick lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.bilingual import names_of, read_condition
from simulations.engine.picking import Picked, Row, rows_of, text_of
from tests.simulations.engine.conftest import S1_DOCUMENT

S1 = names_of(S1_DOCUMENT)


def picked(text: str) -> Picked | None:
    return rows_of(read_condition(text, S1).tree)


@pytest.mark.parametrize(
    ("text", "rows", "first"),
    [
        ("trust<=8 and not survey", [("trust", "<=", "8", ""), ("survey", "not", "", "and")], "or"),
        ("leak or days!=5", [("leak", "", "", ""), ("days", "!=", "5", "or")], "and"),
        (
            "leak and pipe or light",
            [("leak", "", "", ""), ("pipe", "", "", "and"), ("light", "", "", "or")],
            "and",
        ),
        (
            "(leak or pipe) and light",
            [("leak", "", "", ""), ("pipe", "", "", "or"), ("light", "", "", "and")],
            "or",
        ),
        ("True", [("True", "", "", "")], "and"),
    ],
)
def test_condition_becomes_rows_and_back(
    text: str, rows: list[tuple[str, str, str, str]], first: str
) -> None:
    found = picked(text)
    assert found is not None
    shown = [
        (row.subject, row.how, row.number, row.join if place else "") for place, row in enumerate(found.rows)
    ]
    assert shown == rows
    assert len({join for *_rest, join in rows if join}) < 2 or found.first == first
    assert read_condition(text_of(found, S1), S1).text == read_condition(text, S1).text


@pytest.mark.parametrize(
    "text", ["not (leak or pipe)", "leak and (pipe or (light and fire))", "False", "not days<5"]
)
def test_condition_with_more_brackets_than_rows_hold_stays_text(text: str) -> None:
    assert picked(text) is None


_rows = st.one_of(
    st.builds(
        Row, st.sampled_from(sorted(S1.flags)), st.sampled_from(["", "not"]), st.just(""),
        st.sampled_from(["and", "or"]),
    ),
    st.builds(
        Row, st.sampled_from(["trust", "low"]), st.sampled_from(["<", ">", "==", "!="]), st.just("50.5"),
        st.sampled_from(["and", "or"]),
    ),
)  # fmt: skip


@given(st.lists(_rows, min_size=1, max_size=6), st.sampled_from(["and", "or"]))
def test_rows_mean_what_they_mean_when_they_come_back(rows: list[Row], first: str) -> None:
    text = text_of(Picked(tuple(rows), first), S1)  # type: ignore[arg-type]
    tree = read_condition(text, S1).tree
    again = rows_of(tree)
    assert again is not None
    assert [(row.subject, row.how, row.number) for row in again.rows] == [
        (row.subject, row.how, row.number) for row in rows
    ]
    assert read_condition(text_of(again, S1), S1).tree == tree


def test_what_is_missing_in_a_row_is_missing_in_the_text() -> None:
    rows = (Row("trust", "<="), Row("leak", ">", "3"), Row("gone"))
    assert text_of(Picked(rows), S1) == "「居民信任」 ≤ 且 「已听到一楼排水旧账」 > 3 且 「gone」"
    assert text_of(Picked(()), S1) == ""
