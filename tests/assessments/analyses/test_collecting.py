"""Results and answers become a matrix of small integers, whatever the order of the paper and of the options."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from assessments.analyses import collecting
from assessments.analyses.collecting import collect
from assessments.analyses.layouts import Layout, layout_of
from assessments.analyses.matrices import ABSENT, Matrix, narrowed, pack, reduce_steps, unpack
from assessments.analyses.selecting import select_sittings, usual_which
from assessments.models import Answer, Result, Which
from assessments.results.rescoring import Reason, rescore_attempt
from tests.assessments.analyses.making import HALF, RIGHT, WRONG, sit, sit_many
from tests.assessments.making import make_attempt, make_exam, make_submitted
from tests.factories import make_person

TYPES = ("single", "multiple", "true_false")


def collected(version: Any, which: Which = Which.ALL) -> Matrix:
    return collect(layout_of(version), select_sittings(version, which))


@pytest.mark.postgres
@pytest.mark.django_db
def test_scores_and_choices_stand_by_item(now: datetime) -> None:
    version = make_exam(types=TYPES)
    sit_many(
        [
            [RIGHT["single"], RIGHT["multiple"], RIGHT["true_false"]],
            [WRONG["single"], HALF, None],
            [None, WRONG["multiple"], WRONG["true_false"]],
        ],
        now=now,
    )
    matrix = collected(version)
    assert matrix.points().tolist() == [[2, 2, 2], [0, 0.5, 0], [0, 0, 0]]
    assert (matrix.per_point, matrix.scores.dtype, matrix.scores.tolist()) == (
        2,
        np.int8,
        [[4, 4, 4], [0, 1, 0], [0, 0, 0]],
    )
    assert matrix.choices.tolist() == [[0b010, 0b101, 0b10], [0b001, 0b001, 0], [0, 0b010, 0b01]]


@pytest.mark.postgres
@pytest.mark.django_db
def test_item_that_was_not_on_a_paper_is_absent(now: datetime) -> None:
    version = make_exam(types=("single",) * 4, draw=2, shuffle=True)
    attempts = sit_many([[RIGHT["single"], WRONG["single"]] for _ in range(6)], now=now)
    matrix = collected(version)
    for row, attempt in enumerate(attempts):
        expected = np.full(4, ABSENT)
        for slot, number in attempt.answers.order_by("slot").values_list("slot", "item__number"):
            expected[number - 1] = 2 if slot == 1 else 0
        assert matrix.scores[row].tolist() == expected.tolist()
        assert np.array_equal(matrix.choices[row] == ABSENT, expected == ABSENT)


@pytest.mark.postgres
@pytest.mark.django_db
def test_types_without_options_have_scores_and_no_choices(now: datetime) -> None:
    version = make_exam(types=("ordering", "fill_in"))
    make_submitted(make_person(), now=now)
    matrix = collected(version)
    assert matrix.points().tolist() == [[2, 2]]
    assert matrix.choices.tolist() == [[ABSENT, ABSENT]]


@pytest.mark.django_db
def test_portions_make_no_difference(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    version = make_exam(types=TYPES)
    sit_many([[RIGHT["single"], HALF, None], *[[WRONG["single"], None, "true"]] * 4], now=now)
    whole, told = collected(version), []
    monkeypatch.setattr(collecting, "PORTION", 2)
    parts = collect(layout_of(version), select_sittings(version, Which.ALL), told.append)
    assert np.array_equal(parts.scores, whole.scores)
    assert np.array_equal(parts.choices, whole.choices)
    assert told == [2, 4, 5]


@pytest.mark.django_db
def test_two_queries_a_portion(now: datetime, django_assert_num_queries: Any) -> None:
    version = make_exam(types=TYPES)
    sit_many([[RIGHT["single"], HALF, None]] * 3, now=now)
    layout, selection = layout_of(version), select_sittings(version, Which.ALL)
    with django_assert_num_queries(2):
        collect(layout, selection)


@pytest.mark.django_db
def test_only_handed_in_papers_with_a_complete_result_count(now: datetime) -> None:
    version = make_exam(types=("single", "short_answer"))
    make_attempt(make_person(), now=now)
    sit(make_person(), [RIGHT["single"], "写下的方案"], now=now)
    complete = sit(make_person(), [RIGHT["single"], None], now=now)
    assert [each.attempt_id for each in select_sittings(version, Which.ALL).sittings] == [complete.pk]


@pytest.mark.postgres
@pytest.mark.django_db
def test_first_last_best_and_all(now: datetime) -> None:
    version = make_exam(types=TYPES)
    person = make_person()
    rows = [[RIGHT["single"], None, None], [RIGHT["single"], HALF, "false"], [None, None, "false"]]
    first, best, last = (sit(person, row, now=now + timedelta(hours=place)) for place, row in enumerate(rows))

    def chosen(which: Which) -> list[Any]:
        return [each.attempt_id for each in select_sittings(version, which).sittings]

    assert chosen(Which.FIRST) == [first.pk]
    assert chosen(Which.LAST) == [last.pk]
    assert chosen(Which.BEST) == [best.pk]
    assert chosen(Which.ALL) == [first.pk, best.pk, last.pk]


@pytest.mark.parametrize(("grading", "which"), [("best", "best"), ("last", "last"), ("average", "all")])
@pytest.mark.django_db
def test_usual_sittings_are_those_that_make_the_grade(grading: str, which: str) -> None:
    assert usual_which(make_exam(grading=grading)) == which


@pytest.mark.django_db
def test_fingerprint_changes_with_a_new_result_and_with_nothing_else(now: datetime) -> None:
    version = make_exam(types=TYPES)
    attempt = sit_many([[RIGHT["single"], None, None]] * 2, now=now)[0]
    before = select_sittings(version, Which.ALL).fingerprint
    assert select_sittings(version, Which.ALL).fingerprint == before
    with transaction.atomic():
        answer = attempt.answers.get(slot=2)
        Answer.objects.filter(pk=answer.pk).update(response=["o1", "o3"], sequence=9, saved_at=now)
        rescore_attempt(attempt=attempt, reason=Reason.QUESTION, by=None, now=now)
    assert Result.objects.filter(attempt=attempt).count() == 2
    after = select_sittings(version, Which.ALL)
    assert after.fingerprint != before
    assert collected(version).points()[0].tolist() == [2, 2, 0]


@pytest.mark.django_db
def test_layout_survives_its_storage() -> None:
    layout = layout_of(make_exam(types=TYPES))
    assert Layout.from_json(layout.as_json()) == layout
    single, multiple, judgement = layout.columns
    assert (single.options, single.texts, single.right) == (("o1", "o2", "o3"), ("甲", "乙", "丙"), ("o2",))
    assert (multiple.right, judgement.right) == (("o1", "o3"), ("false",))
    assert single.leaves == {"DIG": 0.75, "LAW": 0.25}
    assert single.guess_share == pytest.approx(1 / 3, abs=1e-6)


@given(arrays.arrays(np.int32, arrays.array_shapes(min_dims=2, max_dims=2), elements=st.integers(-1, 70_000)))
def test_packed_numbers_come_back(numbers: Any) -> None:
    small = narrowed(numbers)
    assert np.array_equal(small, numbers)
    assert np.array_equal(unpack(pack(small), *small.shape), numbers)


@given(
    arrays.arrays(
        np.int32,
        arrays.array_shapes(min_dims=2, max_dims=2),
        elements=st.sampled_from([-1, 0, 25, 50, 67, 100, 200, 12_345]),
    )
)
def test_steps_are_exact(hundredths: Any) -> None:
    reduced, per_point = reduce_steps(hundredths)
    present = hundredths != ABSENT
    assert np.array_equal(reduced == ABSENT, ~present)
    assert np.array_equal(reduced[present].astype(int) * 100, hundredths[present] * per_point)


def test_half_points_fit_a_byte() -> None:
    reduced, per_point = reduce_steps(np.array([[200, 50, -1]], dtype=np.int32))
    assert (reduced.dtype, per_point, reduced.tolist()) == (np.int8, 2, [[4, 1, -1]])
