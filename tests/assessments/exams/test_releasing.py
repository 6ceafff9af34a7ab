"""Releasing exams: everything pinned, nothing half-done."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.bank.storing import import_pack
from assessments.exams.releasing import newest_release, release_exam
from assessments.models import ExamItem, ExamVersion
from assessments.papers import chosen, lay_out
from competencies.models import Subject
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from tests.assessments.bank.test_storing import PACK
from tests.assessments.making import make_exam, make_question
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def definition(**changes: Any) -> dict[str, Any]:
    exam = {
        "key": "base",
        "title": "基础",
        "minutes": 20,
        "pass_percent": 60,
        "questions": [{"key": "Q1", "points": 1}, {"key": "Q2", "points": 2.5}],
    }
    return {**exam, **changes}


def test_release_pins_the_newest_version_of_every_question(now: datetime) -> None:
    make_question("Q1")
    make_question("Q1", explanation="新")
    make_question("Q2", "multiple")
    version = release_exam(definition=definition(), by=None, now=now)
    pinned = version.items.order_by("number").values_list(
        "question_version__question__key", "question_version__number", "points"
    )
    assert list(pinned) == [("Q1", 2, Decimal("1.00")), ("Q2", 1, Decimal("2.50"))]
    assert version.points == Decimal("3.5")


def test_release_keeps_its_pins_when_a_question_changes(now: datetime) -> None:
    version = make_exam()
    before = version.items.get(number=1).question_version
    make_question("base-1", explanation="改")
    assert version.items.get(number=1).question_version == before
    assert newest_release("base") == version


def test_release_of_the_same_definition_gives_the_same_version(now: datetime) -> None:
    first = make_exam()
    assert make_exam() == first
    assert ExamVersion.objects.count() == 1
    assert AuditEntry.objects.filter(action="exam.released").count() == 1


def test_release_after_a_question_changed_is_the_next_version(now: datetime) -> None:
    make_question("Q1")
    make_question("Q2")
    release_exam(definition=definition(), by=None, now=now)
    make_question("Q2", explanation="改")
    assert release_exam(definition=definition(), by=None, now=now).number == 2


def test_release_registers_the_exam_as_a_subject(now: datetime) -> None:
    make_exam(title="基础模块考试")
    subject = Subject.objects.get(kind="exam", key="base")
    assert (subject.title, subject.url) == ("基础模块考试", "/exams/base/")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"pass_percent": 101}, "pass_percent"),
        ({"questions": []}, "questions"),
        ({"questions": [{"key": "Q1", "points": 1}] * 2}, r"questions\[1\]\.key"),
        ({"points": 99}, "points"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"shuffle": "yes"}, "shuffle"),
        ({"minutes": None}, "minutes"),
        ({"minutes": 601}, "minutes"),
        ({"key": "期末 考试"}, "key"),
        ({"key": "a" * 65}, "key"),
        ({"title": "长" * 81}, "title"),
        ({"module": 5}, "module"),
        ({"practice": 1}, "practice"),
        ({"pass_text": ""}, "pass_text"),
        ({"fail_text": ["再来"]}, "fail_text"),
        ({"feedback": "never"}, "feedback"),
        ({"draw": 0}, "draw"),
        ({"draw": True}, "draw"),
        ({"draw": 1}, "draw: .*分值"),
        ({"draw": 3, "questions": [{"key": "Q1", "points": 1}, {"key": "Q2", "points": 1}]}, "draw"),
        ({"canary": 1}, r"exam\.canary"),
        ({"questions": [{"key": "NONE", "points": 1}]}, "NONE"),
    ],
)
def test_release_of_a_faulty_definition_names_the_field_and_writes_nothing(
    changes: dict[str, Any], field: str, now: datetime
) -> None:
    make_question("Q1")
    make_question("Q2")
    with pytest.raises(Refusal, match=field):
        release_exam(definition=definition(**changes), by=None, now=now)
    assert (ExamVersion.objects.count(), ExamItem.objects.count(), Subject.objects.count()) == (0, 0, 0)


def test_release_gives_a_rubric_question_the_points_of_its_rubric(now: datetime) -> None:
    with pytest.raises(Refusal, match="base-1"):
        make_exam(types=("short_answer",), questions=[{"key": "base-1", "points": 5}])


def test_release_is_for_authors(now: datetime) -> None:
    make_question("Q1")
    make_question("Q2")
    with pytest.raises(NotAllowed):
        release_exam(definition=definition(), by=make_person(), now=now)
    author = make_person(roles=(Role.AUTHOR,))
    assert release_exam(definition=definition(), by=author, now=now).released_by == author


def test_exams_of_the_demo_pack_can_be_released(now: datetime) -> None:
    for path in sorted((PACK / "questions").iterdir()):
        import_pack(path, by=None, now=now)
    released = [
        release_exam(definition=each, by=None, now=now)
        for each in json.loads((PACK / "exams.json").read_text(encoding="utf-8"))
    ]
    assert [(exam.key, exam.points_text, exam.minutes) for exam in released] == [
        ("base", "12", 20),
        ("smart-security", "14", 25),
        ("public-opinion", "40", 50),
    ]


def test_paper_depends_on_the_seed_alone(now: datetime) -> None:
    version = make_exam(types=("single",) * 6, shuffle=True)
    items = list(version.items.select_related("question_version").order_by("number"))
    one = lay_out(version, seed="a1")
    assert lay_out(version, seed="a1", items=reversed(items)) == one
    assert lay_out(version, seed="b2") != one
    assert sorted(place.item.number for place in one) == [1, 2, 3, 4, 5, 6]


def test_paper_unshuffled_keeps_the_questions_in_order_and_still_shuffles_options(now: datetime) -> None:
    paper = lay_out(make_exam(types=("single",) * 6), seed="a1")
    assert [place.item.number for place in paper] == [1, 2, 3, 4, 5, 6]
    assert len({tuple(place.order) for place in paper}) > 1


def test_settings_are_frozen_only_where_they_are_set(now: datetime) -> None:
    """An exam that uses none of them keeps the hash it had before there were any."""
    plain = make_exam("plain", practice=False, draw=None, feedback="end")
    assert not plain.document.keys() & {"draw", "practice", "pass_text", "fail_text", "feedback"}
    rich = make_exam("rich", draw=1, practice=True, pass_text="祝贺", fail_text="再来", feedback="each")
    names = ("draw", "practice", "pass_text", "fail_text")
    assert [rich.document[name] for name in names] == [1, True, "祝贺", "再来"]
    assert rich.document["feedback"] == "each"


HELD_BEFORE = {
    (True, None): "5:132 8:132 7:231 1:132 4:132 6:132 3:312 2:132",
    (False, None): "1:132 2:132 3:312 4:132 5:132 6:132 7:231 8:132",
    (True, 3): "7:231 1:132 3:312",
    (False, 3): "1:132 3:312 7:231",
}


@pytest.mark.parametrize(("shuffle", "draw"), HELD_BEFORE)
def test_papers_of_releases_without_sections_stay_what_they_were(shuffle: bool, draw: int | None) -> None:
    """Written down before there were sections: an attempt's seed gives its paper for ever."""
    paper = lay_out(make_exam(types=("single",) * 8, shuffle=shuffle, draw=draw), seed="5eed5eed5eed5eed")
    told = [f"{place.item.number}:{''.join(each[1] for each in place.order)}" for place in paper]
    assert " ".join(told) == HELD_BEFORE[shuffle, draw]


def test_a_release_without_sections_keeps_its_hash(now: datetime) -> None:
    assert make_exam("old").content_hash == "54d4e01967b2a6532b6995d5a088c6a41b4fb37b28acf2db9cdb59fcea8dd566"


def test_a_drawn_paper_is_worth_what_is_drawn(now: datetime) -> None:
    version = make_exam(types=("single",) * 5, draw=3, points=6)
    assert (version.points, version.items.count()) == (Decimal(6), 5)


def test_a_drawn_paper_has_so_many_questions_in_their_order(now: datetime) -> None:
    version = make_exam(types=("single",) * 6, draw=3)
    papers = {
        seed: tuple(place.item.number for place in lay_out(version, seed=seed))
        for seed in ("a", "b", "c", "d", "e")
    }
    assert len(set(papers.values())) > 1
    assert all(list(paper) == sorted(set(paper)) and len(paper) == 3 for paper in papers.values())


@given(
    count=st.integers(1, 30),
    draw=st.none() | st.integers(1, 40),
    seed=st.text(max_size=20),
    shuffle=st.booleans(),
)
def test_drawing_gives_distinct_questions_the_same_for_one_seed(
    count: int, draw: int | None, seed: str, shuffle: bool
) -> None:
    document = {"items": [{}] * count, "shuffle": shuffle, "draw": draw}
    numbers = chosen(document, seed)
    assert len(numbers) == len(set(numbers)) == min(count, draw or count)
    assert set(numbers) <= set(range(1, count + 1))
    assert shuffle or numbers == sorted(numbers)
    assert chosen(document, seed) == numbers


def test_every_question_is_drawn_about_as_often() -> None:
    document = {"items": [{}] * 10, "shuffle": False, "draw": 3}
    drawn = Counter(number for seed in range(1000) for number in chosen(document, str(seed)))
    assert all(250 <= drawn[number] <= 350 for number in range(1, 11))
