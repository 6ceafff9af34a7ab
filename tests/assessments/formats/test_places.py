"""What is wrong in a file is said in the words of a paper, not in the names of our fields."""

from __future__ import annotations

import pytest

from assessments.formats.places import place_of, said
from assessments.items.problems import Message


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("body.stem", "the question's text"),
        ("body.options[0].text", "option A"),
        ("body.options[26].text", "option 27"),
        ("body.options", "the options"),
        ("body.gaps[1].options[2].text", "gap 2, option C"),
        ("body.gaps[1].options", "gap 2, the options"),
        ("body.gaps[0]", "gap 1"),
        ("key.gaps.g3.accepted", "gap 3"),
        ("key.gaps", "the text with the gaps"),
        ("body.left[0].text", "entry 1 on the left"),
        ("key.pairs.l2", "entry 2 on the left"),
        ("body.right[1].text", "entry 2 on the right"),
        ("key.blanks.b1.accepted[0]", "blank 1"),
        ("key.criteria[0].max", "criterion 1"),
        ("key.correct", "the answer"),
        ("unheard", "unheard"),
    ],
)
def test_places(field: str, place: str) -> None:
    assert str(place_of(field)) == place


def test_what_is_said_to_an_author_is_said_of_a_file() -> None:
    few = Message("Give a list of at least %(least)s.", {"least": 2})
    assert [str(said(few)), str(said(Message("An id appears twice.")))] == [
        "There are fewer than 2.",
        "An id appears twice.",
    ]
