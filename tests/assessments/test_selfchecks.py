"""Questions inside lessons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from assessments import selfchecks
from assessments.bank.storing import import_pack
from assessments.presenting import posted_response
from cms.demo.pack import PACK, read_selfchecks
from core.errors import Refusal
from tests.assessments.making import TYPES, make_question

pytestmark = pytest.mark.django_db


def test_present_gives_the_same_order_for_the_same_seed() -> None:
    options = [{"id": f"o{n}", "text": f"项{n}"} for n in range(1, 7)]
    make_question("Q1", body={"stem": "题", "options": options})
    one = selfchecks.present("Q1", "seed")
    assert selfchecks.present("Q1", "seed") == one
    assert selfchecks.present("Q1", "other") != one


@pytest.mark.parametrize("type", [name for name in TYPES if TYPES[name][1]["rule"] != "rubric"])
def test_check_tells_right_from_wrong(type: str) -> None:
    make_question("Q1", type)
    right = selfchecks.check("Q1", TYPES[type][2])
    assert (right.correct, right.points_text, right.max_points_text, right.explanation) == (
        True,
        "2",
        "2",
        "解析",
    )
    assert selfchecks.check("Q1", None).correct is False


def test_check_names_options_as_they_were_shown() -> None:
    make_question(
        "Q1",
        answer={"rule": "exact", "correct": "o2", "explanation_cites_options": True},
        explanation="选B",
    )
    shown = selfchecks.present("Q1", 7)
    label = next(option.label for option in shown.form.options if option.id == "o2")
    assert selfchecks.check("Q1", ["o2"], seed=7).explanation == f"选{label}"


def test_check_of_an_unknown_option_is_refused() -> None:
    make_question("Q1")
    with pytest.raises(Refusal):
        selfchecks.check("Q1", ["o9"])


def test_unknown_question_is_refused_and_found_missing() -> None:
    make_question("Q1")
    with pytest.raises(Refusal) as refused:
        selfchecks.present("NONE", 1)
    assert refused.value.code == "unknown_question"
    assert selfchecks.missing_keys(["NONE", "Q1", "NONE"]) == ("NONE",)


@pytest.mark.parametrize("type", list(TYPES))
def test_item_partial_posts_back_what_the_type_reads(type: str) -> None:
    make_question("Q1", type)
    item = selfchecks.present("Q1", 1, name="check")
    page = render_to_string("assessments/item.html", {"item": item})
    parts = (*item.form.rows, *item.form.boxes, *item.form.pieces)
    names = {part.name for part in parts if not isinstance(part, str)} or {"check"}
    assert all(f'name="{name}"' in page for name in names)


@pytest.mark.parametrize("type", list(TYPES))
def test_item_partial_shows_the_response_and_can_be_disabled(type: str) -> None:
    make_question("Q1", type)
    filled = selfchecks.present("Q1", 1, response=TYPES[type][2], disabled=True)
    page = render_to_string("assessments/item.html", {"item": filled})
    controls = page.count("<input") + page.count("<select") + page.count("<textarea")
    assert page.count(" disabled") == controls
    marks = {"choices": " checked", "places": " selected", "partners": " selected"}
    shown = marks.get(filled.template.removeprefix("assessments/items/").removesuffix(".html"), "")
    assert shown in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", None),
        ("check=o1&check=o2", ["o1", "o2"]),
        ("check.l1=r1&check.l2=&other.l1=x", {"l1": "r1", "l2": ""}),
    ],
)
def test_posted_response_has_the_shapes_of_the_item_types(query: str, expected: Any) -> None:
    assert posted_response(QueryDict(query), "check") == expected


def test_selfchecks_of_the_demo_pack_are_all_usable(now: datetime) -> None:
    for path in sorted((PACK / "selfchecks").iterdir()):
        import_pack(path, by=None, now=now)
    for item in read_selfchecks():
        assert selfchecks.present(item["key"], 1).stem == item["body"]["stem"]
