"""Exams drawn from the bank section by section: what a release pins, proves and draws."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from assessments.attempts import start_attempt
from assessments.exams.releasing import release_exam
from assessments.models import ExamItem, ExamVersion, Question, QuestionVersion
from assessments.papers import blueprint_of, chosen, lay_out
from core.errors import Refusal
from tests.assessments.making import make_question
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db


def section(count: int | None = None, **fields: Any) -> dict[str, Any]:
    counted = {} if count is None else {"count": count}
    return {"title": "部分", "points": 2, **counted, **fields}


def sectioned(*sections: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "key": "mock",
        "title": "综合测评",
        "minutes": 30,
        "pass_percent": 60,
        "sections": list(sections),
        **fields,
    }


def release(*sections: dict[str, Any], **fields: Any) -> ExamVersion:
    return release_exam(definition=sectioned(*sections, **fields), by=None, now=LONG_AGO_AT)


def stock(count: int, prefix: str = "Q", type: str = "single", **fields: Any) -> None:
    """So many questions of difficulties 1 to 5 in turn."""
    for number in range(1, count + 1):
        make_question(f"{prefix}{number:02d}", type, difficulty=number % 5 + 1, **fields)


def pinned(version: ExamVersion) -> list[tuple[int, int, str]]:
    rows = version.items.order_by("number")
    return list(rows.values_list("number", "section", "question_version__question__key"))


def test_a_release_pins_what_fits_each_section_and_a_question_of_two_sections_twice() -> None:
    make_question("A", difficulty=1)
    make_question("B", difficulty=3)
    make_question("C", "multiple", difficulty=3)
    version = release(
        section(1, select={"types": ["single"]}),
        section(1, select={"difficulty": [3, 5]}, points=3, pass_percent=50),
        section(questions=["A"], points="0.5"),
    )
    assert pinned(version) == [(1, 1, "A"), (2, 1, "B"), (3, 2, "B"), (4, 2, "C"), (5, 3, "A")]
    assert version.points == Decimal("5.5")
    assert [(item["section"], item["difficulty"], item["points"]) for item in version.document["items"]] == [
        (1, 1, "2"),
        (1, 3, "2"),
        (2, 3, "3"),
        (2, 3, "3"),
        (3, 1, "0.5"),
    ]
    assert version.document["sections"] == [
        {"title": "部分", "points": "2", "count": 1, "items": 2, "select": {"types": ["single"]}},
        {
            "title": "部分",
            "points": "3",
            "count": 1,
            "items": 2,
            "select": {"difficulty": [3, 5]},
            "pass_percent": "50",
        },
        {"title": "部分", "points": "0.5", "count": 1, "items": 1, "fixed": True},
    ]


def test_no_paper_takes_a_question_for_two_sections() -> None:
    make_question("A")
    make_question("B")
    version = release(section(1, select={}), section(1, questions=["A", "B"]))
    keys = dict(version.items.values_list("number", "question_version__question__key"))
    papers = {tuple(keys[number] for number in chosen(version.document, str(seed))) for seed in range(40)}
    assert papers == {("A", "B"), ("B", "A")}


def test_what_fits_is_asked_of_leaves_difficulty_tags_and_types() -> None:
    make_question("A", leaves={"DIG": 1}, difficulty=1)
    make_question("B", leaves={"DIG": 0.5, "LAW": 0.5}, difficulty=2)
    make_question("C", "true_false", leaves={"EMP": 1}, difficulty=3)
    Question.objects.filter(key="C").update(tags=["社区", "消防"])
    for select, keys in (
        ({"leaves": ["LAW"]}, "B"),
        ({"leaves": ["LAW", "EMP"]}, "BC"),
        ({"difficulty": [1, 2]}, "AB"),
        ({"tags": ["消防"]}, "C"),
        ({"types": ["single"], "leaves": ["DIG"]}, "AB"),
    ):
        version = release(section(1, select=select), key=f"k{keys}{len(select)}")
        assert [key for _number, _section, key in pinned(version)] == list(keys)


def test_questions_not_in_use_are_no_candidates() -> None:
    make_question("A")
    make_question("B")
    Question.objects.filter(key="B").update(status="suspect", live_number=None)
    assert len(pinned(release(section(1, select={})))) == 1


def test_a_section_that_cannot_be_filled_is_named_with_what_is_short() -> None:
    stock(9)
    stock(2, "M", "multiple")
    single = {"types": ["single"]}
    with pytest.raises(Refusal, match=r"第 2、3 部分合计要 12 题，适合的只有 9 题，还差 3 题"):
        release(
            section(2, select={"types": ["multiple"]}), section(6, select=single), section(6, select=single)
        )
    assert ExamVersion.objects.count() == 0


def test_more_than_a_release_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stock(4)
    monkeypatch.setattr("assessments.exams.sectioning.MOST_PINNED", 7)
    with pytest.raises(Refusal, match="8 道"):
        release(section(1, select={}), section(1, select={}))
    monkeypatch.setattr("assessments.exams.sectioning.MOST_PINNED", 8)
    assert release(section(1, select={}), section(1, select={})).items.count() == 8


def test_a_named_question_the_bank_does_not_have_is_refused() -> None:
    make_question("A")
    with pytest.raises(Refusal, match="GONE"):
        release(section(1, questions=["A", "GONE"]))


def test_a_question_somebody_marks_is_drawn_for_the_points_of_its_rubric_only() -> None:
    make_question("A", "short_answer")
    make_question("B", "short_answer", answer=_rubric(5))
    make_question("C")
    version = release(section(2, select={}, points=2))
    assert [key for _number, _section, key in pinned(version)] == ["A", "C"]
    with pytest.raises(Refusal, match="B"):
        release(section(questions=["B"], points=2))


def _rubric(most: int) -> dict[str, Any]:
    return {"rule": "rubric", "criteria": [{"id": "c1", "text": "有依据", "max": most}]}


def test_sections_stay_in_order_and_questions_are_shuffled_within_them() -> None:
    stock(20)
    make_question("LAST", "true_false")
    parts = (section(4, select={"types": ["single"]}), section(questions=["LAST"]))
    version = release(*parts)
    papers = [chosen(version.document, str(seed)) for seed in range(20)]
    assert all(len(set(paper)) == 5 and paper[-1] == 21 for paper in papers)
    assert any(paper[:4] != sorted(paper[:4]) for paper in papers)
    still = release(*parts, shuffle=False)
    assert all(paper == sorted(paper) for paper in (chosen(still.document, str(seed)) for seed in range(20)))


def test_a_seed_gives_this_paper_for_ever() -> None:
    stock(12)
    version = release(
        section(3, select={"difficulty": [1, 3]}),
        section(2, select={}, points=3),
        difficulty_tolerance="0.4",
        exposure_cap=60,
    )
    assert [chosen(version.document, seed) for seed in ("5eed", "0")] == [
        [4, 6, 5, 16, 17],
        [8, 1, 3, 16, 11],
    ]


def test_options_stay_as_written_where_the_exam_says_so_but_what_is_to_be_ordered_never_does() -> None:
    for key, type in (("S", "single"), ("M", "multiple"), ("O", "ordering"), ("P", "matching")):
        make_question(key, type)
    version = release(section(questions=["S", "M", "O", "P"]), shuffle_options=False, shuffle=False)
    orders: dict[str, set[str]] = {"S": set(), "M": set(), "O": set(), "P": set()}
    for seed in range(12):
        for place, key in zip(lay_out(version, seed=str(seed)), orders, strict=True):
            orders[key].add(" ".join(place.order))
    assert (orders["S"], orders["M"]) == ({"o1 o2 o3"}, {"o1 o2 o3"})
    assert len(orders["O"]) > 1
    assert orders["P"] == {"r1 r2", "r2 r1"}


def test_a_cap_and_a_tolerance_are_frozen_with_what_was_proved() -> None:
    stock(20)
    version = release(section(4, select={}), exposure_cap=25, difficulty_tolerance=0.4)
    drawing = version.document["drawing"]
    assert (version.document["exposure_cap"], version.document["difficulty_tolerance"]) == (25, "0.4")
    assert (drawing["papers"], drawing["tolerance"], drawing["after"]["outside"]) == (500, "0.4", 0)
    assert drawing["before"]["outside"] > 0
    assert 20 <= Decimal(drawing["highest_exposure"]) <= 25
    papers = [chosen(version.document, f"x{seed}") for seed in range(200)]
    difficulty = {
        number: item["difficulty"] for number, item in enumerate(version.document["items"], start=1)
    }
    centre = Decimal(drawing["centre"])
    for paper in papers:
        assert abs(Decimal(sum(difficulty[number] for number in paper)) / 4 - centre) <= Decimal("0.4")
    shown = Counter(number for paper in papers for number in paper)
    assert max(shown.values()) <= 200 * 0.25 + 25


def test_a_cap_that_cannot_be_held_is_refused() -> None:
    stock(7)
    with pytest.raises(Refusal, match=r"第 1 部分.*7.*8"):
        release(section(4, select={}), exposure_cap=50)


def test_releasing_again_gives_the_same_release_and_a_new_question_the_next(now: datetime) -> None:
    stock(5)
    first = release(section(2, select={}), exposure_cap=60)
    assert release(section(2, select={}), exposure_cap=60) == first
    make_question("NEW")
    assert release(section(2, select={}), exposure_cap=60).number == 2


def test_a_sitting_takes_the_questions_of_its_paper_only(
    now: datetime, django_assert_num_queries: Any
) -> None:
    stock(9)
    version = release(section(2, select={"difficulty": [1, 3]}), section(1, select={}))
    with django_assert_num_queries(1):
        places = lay_out(version, seed="a")
    assert [place.item.number for place in places] == chosen(version.document, "a")
    loaded = places[0].item.question_version
    assert loaded.get_deferred_fields() == {"answer", "explanation"}
    attempt = start_attempt(person=make_person(), exam_key="mock", now=now)
    kept = attempt.answers.order_by("slot").values_list("item__number", flat=True)
    assert list(kept) == chosen(version.document, attempt.seed)


def test_sixty_questions_of_six_hundred_are_drawn_within_twenty_milliseconds() -> None:
    one = make_question("SAME")
    questions = [Question(key=f"Q{number:03d}", status="live", live_number=1) for number in range(600)]
    Question.objects.bulk_create(questions)
    QuestionVersion.objects.bulk_create(
        _copy(one, question, place) for place, question in enumerate(questions)
    )
    parts = [section(10, select={"difficulty": [1 + part % 3, 3 + part % 3]}) for part in range(6)]
    started = time.process_time()
    version = release(*parts, exposure_cap=20, difficulty_tolerance="0.2")
    assert time.process_time() - started < 15
    started = time.process_time()
    for seed in range(20):
        assert len(chosen(version.document, str(seed))) == 60
    assert (time.process_time() - started) / 20 < 0.02
    assert ExamItem.objects.filter(exam_version=version).count() == len(version.document["items"]) > 1500


def _copy(one: QuestionVersion, question: Question, place: int) -> QuestionVersion:
    return QuestionVersion(
        question=question,
        number=1,
        type=one.type,
        module=one.module,
        body=one.body,
        answer=one.answer,
        explanation="",
        points=one.points,
        leaves=one.leaves,
        difficulty=place % 5 + 1,
        minutes=1,
        content_hash=f"{place:064d}",
        stored_at=LONG_AGO_AT,
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"questions": [{"key": "A", "points": 1}]}, "sections: .*不能两样都有"),
        ({"sections": []}, "sections"),
        ({"sections": [section()] * 51}, "sections"),
        ({"draw": 1}, "draw"),
        ({"points": 7}, "points"),
        ({"sections": [section(1)]}, r"sections\[0\]"),
        ({"sections": [section(1, questions=["A"], select={})]}, r"sections\[0\]"),
        ({"sections": [section(2, questions=["A"])]}, r"sections\[0\]\.count"),
        ({"sections": [section(0, questions=["A"])]}, r"sections\[0\]\.count"),
        ({"sections": [section(select={})]}, r"sections\[0\]\.count"),
        ({"sections": [section(questions=[])]}, r"sections\[0\]\.questions"),
        ({"sections": [section(questions=["A", "A"])]}, r"sections\[0\]\.questions"),
        ({"sections": [section(questions=["A"])] * 2}, r"sections\[1\]\.questions"),
        ({"sections": [section(1, select={"leaves": ["XXX"]})]}, r"select\.leaves"),
        ({"sections": [section(1, select={"types": "single"})]}, r"select\.types"),
        ({"sections": [section(1, select={"tags": [""]})]}, r"select\.tags"),
        ({"sections": [section(1, select={"difficulty": [3, 2]})]}, r"select\.difficulty"),
        ({"sections": [section(1, select={"difficulty": [1, 6]})]}, r"select\.difficulty"),
        ({"sections": [section(1, select={"canary": 1})]}, r"select\.canary"),
        ({"sections": [section(1, select={}, points=0)]}, r"sections\[0\]\.points"),
        ({"sections": [section(1, select={}, title="")]}, r"sections\[0\]\.title"),
        ({"sections": [section(1, select={}, title="长" * 81)]}, r"sections\[0\]\.title"),
        ({"sections": [section(1, select={}, pass_percent=101)]}, r"sections\[0\]\.pass_percent"),
        ({"exposure_cap": 0}, "exposure_cap"),
        ({"difficulty_tolerance": 5}, "difficulty_tolerance"),
    ],
)
def test_a_faulty_section_names_the_field_and_writes_nothing(changes: dict[str, Any], field: str) -> None:
    make_question("A")
    with pytest.raises(Refusal, match=field):
        release_exam(definition={**sectioned(section(1, select={})), **changes}, by=None, now=LONG_AGO_AT)
    assert ExamVersion.objects.count() == 0


def test_a_cap_needs_sections() -> None:
    make_question("A")
    definition = sectioned(exposure_cap=50, questions=[{"key": "A", "points": 1}])
    del definition["sections"]
    with pytest.raises(Refusal, match="exposure_cap"):
        release_exam(definition=definition, by=None, now=LONG_AGO_AT)


def test_the_document_alone_says_what_is_drawn_from() -> None:
    stock(6)
    version = release(section(2, select={}), difficulty_tolerance=1)
    blueprint = blueprint_of(version.document)
    assert [(pool.count, len(pool.keys)) for pool in blueprint.pools] == [(2, 6)]
    assert blueprint.tolerance is not None
