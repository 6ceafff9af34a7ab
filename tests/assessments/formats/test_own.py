"""What we note in a file besides what it says: it holds for what nobody has changed since."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from assessments.formats import Draft, Found
from assessments.formats.own import CHANGED, as_text, fields_of, fingerprint, from_text, told, unsaid
from assessments.formats.usual import named
from assessments.items.problems import Message
from tests.assessments.formats.drafts import MAKERS, questions

PLACE = named("1")
SINGLE = Draft(
    type="single",
    body={
        "stem": "谁召集？",
        "options": [{"id": "o1", "text": "甲"}, {"id": "o2", "text": "乙"}],
        "media": [{"file": "a.png", "alt": "楼"}],
    },
    answer={"rule": "exact", "correct": "o1"},
    name="一",
    files={"a.png": b"1"},
)


@given(read=questions(tuple(MAKERS)), meant=questions(tuple(MAKERS)))
def test_whatever_the_file_says_the_facts_make_it_what_was_meant(read: Draft, meant: Draft) -> None:
    for seen in (Found(PLACE, read), Found(PLACE, None, Message("unusable"))):
        facts = from_text(as_text(unsaid(seen, meant)))
        assert told(seen, facts) == Found(PLACE, meant)


def test_a_file_that_says_it_all_needs_no_facts() -> None:
    assert unsaid(Found(PLACE, SINGLE), SINGLE) == {}


def test_a_part_that_was_changed_counts_and_the_rest_is_as_noted() -> None:
    meant = replace(SINGLE, difficulty=4, extra={"key": "q1"}, points=Decimal("0.5"))
    facts = unsaid(Found(PLACE, replace(SINGLE, points=Decimal(1))), meant)
    changed = replace(SINGLE, points=Decimal(3), body={**SINGLE.body, "stem": "由谁召集？"})
    assert told(Found(PLACE, changed), facts) == Found(
        PLACE, replace(changed, difficulty=4, extra={"key": "q1"}), warnings=(CHANGED,)
    )


def test_what_makes_up_the_question_hangs_together() -> None:
    answer = {"rule": "social_worker_exam", "correct": ["o1"], "per_option": "0.5"}
    meant = replace(SINGLE, type="multiple", answer=answer, difficulty=4)
    facts = unsaid(Found(PLACE, SINGLE), meant)
    changed = replace(SINGLE, answer={"rule": "exact", "correct": "o2"})
    assert told(Found(PLACE, changed), facts) == Found(
        named("1"), replace(changed, difficulty=4), warnings=(CHANGED,)
    )


def test_files_are_called_as_with_us_again() -> None:
    facts = unsaid(Found(PLACE, SINGLE), SINGLE, {"a.png": "图:1.png"})
    back = told(Found(PLACE, SINGLE), facts).draft
    assert back is not None
    assert (back.body["media"], back.files) == ([{"file": "图:1.png", "alt": "楼"}], {"图:1.png": b"1"})


def test_warnings_that_the_facts_make_up_for_are_not_told_again() -> None:
    lost, other = Message("lost"), Message("other")
    facts = unsaid(Found(PLACE, SINGLE, warnings=(lost,)), replace(SINGLE, difficulty=2))
    assert told(Found(PLACE, SINGLE, warnings=(lost,)), facts) == Found(
        named("1"), replace(SINGLE, difficulty=2)
    )
    assert told(Found(PLACE, SINGLE, warnings=(lost, other)), facts).warnings == (lost, other, CHANGED)


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", "[" * 100_000, '{"a": ' * 2000])
def test_what_is_no_object_is_no_facts(text: str) -> None:
    assert from_text(text) is None
    assert told(Found(PLACE, SINGLE), None) == Found(PLACE, SINGLE, warnings=(CHANGED,))


def test_facts_stand_on_one_line_in_letters_every_file_carries() -> None:
    text = as_text({"a": "x\n?>]]>\x00\x7f\ufffe\ud800"})
    assert text == '{"a": "x\\n?\\u003e]]\\u003e\\u0000\\u007f\\ufffe\\ud800"}'


@pytest.mark.parametrize(
    "fact",
    [
        {"explanation": {"is": 7}},
        {"difficulty": {"is": 9}},
        {"difficulty": {"is": True}},
        {"points": {"is": "many"}},
        {"points": {"is": 2}},
        {"points": {"is": "1" * 5000}},
        {"tags": {"is": [1]}},
        {"tags": {"is": 1}},
        {"category": {"is": "xy"}},
        {"extra": {"is": [1]}},
        {"files": {"is": {"a.png": 1}}},
        {"files": {"is": ["a.png"]}},
        {"files": {}},
        {"type": {"is": ["x"]}},
        {"type": {"is": "ordering"}},
        {"type": 1},
        {"body.stem": {"is": ""}},
        {"body.media": {"is": [{"file": "a.exe", "alt": "x"}]}},
        {"answer.correct": {"is": "o9"}},
    ],
)
def test_facts_of_the_wrong_kind_are_left_out_and_told(fact: dict[str, Any]) -> None:
    now = fields_of(SINGLE) | {"files": ["a.png"]}
    facts = {
        name: {"was": fingerprint(now.get(name)), **each} if isinstance(each, dict) else each
        for name, each in fact.items()
    }
    assert told(Found(PLACE, SINGLE), facts) == Found(PLACE, SINGLE, warnings=(CHANGED,))


def test_no_file_stays_that_the_question_no_longer_names() -> None:
    bare = replace(SINGLE, body={name: SINGLE.body[name] for name in ("stem", "options")}, files={})
    facts = unsaid(Found(PLACE, SINGLE), bare)
    assert told(Found(PLACE, SINGLE), facts) == Found(PLACE, bare)
