"""Options, score groups and what makes a question suspect."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.statistics import Reason, each_choice, each_contrast, each_item, marks_of, suspicions_of
from assessments.statistics.groups import score_groups, upper_weights
from assessments.statistics.suspicions import wrong_key

A, B, C = 1, 2, 4
SCORES = st.lists(st.integers(0, 5), min_size=1, max_size=40)


def an_exam(wrong_key: bool = False, people: int = 400, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Twenty items of three options; the first has its key on an option that only the weak choose, or not."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=(people, 1))
    right = chance.random((people, 20)) < 1 / (1 + np.exp(-1.5 * ability))
    chosen = np.where(right, A, chance.choice([B, C], size=right.shape))
    marks = right.astype(np.int8)
    if wrong_key:
        marks[:, 0] = chosen[:, 0] == B
    return marks, chosen


def test_options_by_hand() -> None:
    """Four candidates, marks on the other item 2, 1, 1, 0; they choose A, A, B and nothing."""
    marks = marks_of([[1, 2], [1, 1], [0, 1], [0, 0]], [1, 2])
    found, none = each_choice(marks, np.array([[A, 0], [A, 0], [B, 0], [0, 0]]), [3, 0], [{0}, set()])
    assert none is None
    assert found is not None
    assert (found.n, found.unanswered) == (4, 1)
    assert [(option.is_key, option.n, option.share) for option in found.options] == [
        (True, 2, 0.5),
        (False, 1, 0.25),
        (False, 0, 0.0),
    ]
    # choosing A: deviations of the rest +1, 0 against variances 1/4 and 1/2
    assert found.options[0].point_biserial == pytest.approx((1 / 4) / sqrt(1 / 4 * 1 / 2))
    assert found.options[1].point_biserial == pytest.approx(0)
    assert found.options[2].point_biserial is None
    # the upper 27 percent of four are one candidate and a little of the next: both chose A
    assert (found.options[0].upper, found.options[0].lower) == (1, 0)
    assert sum(found.groups) == 4
    assert sum(found.options[0].curve) == 2


def test_options_chosen_together_count_each() -> None:
    marks = marks_of([[1, 1], [0, 0], [0, 1]], [1, 1])
    (found, _) = each_choice(marks, np.array([[A | B, 0], [B, 0], [A | B | C, 0]]), [3, 0], [{0, 1}, set()])
    assert found is not None
    assert [option.n for option in found.options] == [2, 3, 1]


def test_questions_with_many_options_are_counted_too() -> None:
    marks = marks_of([[1, 1], [0, 0], [0, 1]], [1, 1])
    (found, _) = each_choice(
        marks, np.array([[1 << 30, 0], [1 | 1 << 12, 0], [1, 0]]), [31, 0], [{30}, set()]
    )
    assert found is not None
    assert [option.n for option in found.options if option.n] == [2, 1, 1]


def test_only_those_who_were_asked_count() -> None:
    nan = np.nan
    marks = marks_of([[nan, nan], [1, 1], [nan, 1], [0, 0], [1, 0]], [1, 1])
    chosen = np.array([[A, A], [A, A], [B, A], [B, B], [-1, B]])
    found, _ = each_choice(marks, chosen, [2, 2], [{0}, {0}])
    assert found is not None
    assert (found.n, [option.n for option in found.options]) == (2, [1, 1])


@given(st.lists(st.tuples(st.sampled_from([0, A, B, C]), st.integers(0, 3)), min_size=1, max_size=30))
def test_point_biserial_is_the_correlation(answers: list[tuple[int, int]]) -> None:
    marks = marks_of([[int(chosen == A), rest] for chosen, rest in answers], [1, 3])
    chosen = np.array([[chosen, 0] for chosen, _ in answers])
    (found, _) = each_choice(marks, chosen, [3, 0], [{0}, set()])
    assert found is not None
    for place, option in enumerate(found.options):
        picked = [float(each >> place & 1) for each, _ in answers]
        rests = [float(rest) for _, rest in answers]
        if len(set(picked)) < 2 or len(set(rests)) < 2:
            assert option.point_biserial is None
        else:
            assert option.point_biserial == pytest.approx(np.corrcoef(picked, rests)[0, 1], abs=1e-9)
        assert sum(option.curve) == option.n


@given(SCORES)
def test_the_upper_part_is_27_percent_whoever_stands_where(scores: list[int]) -> None:
    weights = upper_weights(np.array(scores, dtype=float))
    assert weights.sum() == pytest.approx(0.27 * len(scores))
    by_score = {
        score: {round(w, 9) for s, w in zip(scores, weights, strict=True) if s == score} for score in scores
    }
    assert all(len(found) == 1 for found in by_score.values())
    assert [max(by_score[score]) for score in sorted(by_score)] == sorted(
        max(each) for each in by_score.values()
    )


@given(SCORES)
def test_equal_scores_are_in_one_group_and_higher_ones_never_in_a_lower(scores: list[int]) -> None:
    groups = score_groups(np.array(scores, dtype=float))
    pairs = sorted(zip(scores, groups, strict=True))
    assert sorted(group for _, group in pairs) == [group for _, group in pairs]
    assert len(set(pairs)) == len(set(scores))


def test_score_groups_of_different_scores_are_equal_in_size() -> None:
    assert np.bincount(score_groups(np.arange(50.0))).tolist() == [10] * 5


def test_upper_and_lower_part_of_ten() -> None:
    """Of ten with different totals 2.7 are the upper part: both right, and 0.7 of one who earned 1 of 2."""
    marks = marks_of([[place, 0] for place in (2, 2, 1, 1, 1, 1, 1, 0, 0, 0)], [2, 1])
    contrast, other = each_contrast(marks)
    assert contrast.upper == pytest.approx((2 + 0.7 / 2) / 2.7)
    assert contrast.lower == pytest.approx(0)
    assert contrast.difference == contrast.upper
    assert other.difference == 0


def test_nobody_in_the_upper_part_had_it() -> None:
    nan = np.nan
    contrasts = each_contrast(marks_of([[1, 1, nan], [0, nan, 0], [0, nan, 0], [0, nan, 1]], [1, 1, 0]))
    assert contrasts[1].lower is None
    assert contrasts[2].upper is None


def test_a_wrong_key_is_found_and_nothing_else_is() -> None:
    scores, chosen = an_exam(wrong_key=True)
    marks = marks_of(scores, np.ones(20))
    found = each_choice(marks, chosen, [3] * 20, [{1}, *[{0}] * 19])
    suspicions = [suspicions_of(item, choices) for item, choices in zip(each_item(marks), found, strict=True)]
    assert [each.reason for each in suspicions[0]] == [Reason.WRONG_KEY, Reason.NEGATIVE]
    assert (suspicions[0][0].option, suspicions[0][0].key) == (0, 1)
    assert suspicions[0][0].interval.low > 0
    assert not any(suspicions[1:])


def test_a_right_key_is_not_suspected() -> None:
    scores, chosen = an_exam()
    found = each_choice(marks_of(scores, np.ones(20)), chosen, [3] * 20, [{0}] * 20)
    assert [each for each in found if each and wrong_key(each)] == []


def test_a_dozen_answers_do_not_make_a_key_wrong() -> None:
    scores, chosen = an_exam(wrong_key=True, people=12)
    marks = marks_of(scores, np.ones(20))
    found = each_choice(marks, chosen, [3] * 20, [{1}, *[{0}] * 19])
    assert found[0] is not None
    assert suspicions_of(each_item(marks)[0], found[0]) == ()


@pytest.mark.parametrize(
    ("right", "people", "reasons"),
    [
        (200, 200, [Reason.EASY]),
        (12, 12, []),
        (0, 400, [Reason.BELOW_GUESSING, Reason.HARD]),
        (40, 400, [Reason.BELOW_GUESSING]),
        (2, 8, []),
    ],
)
def test_facilities_at_the_edge(right: int, people: int, reasons: list[Reason]) -> None:
    (item,) = each_item(marks_of([[int(each < right)] for each in range(people)], [1]), guesses=[0.25])
    found = suspicions_of(item)
    assert [each.reason for each in found] == reasons
    for each in found:
        assert each.interval.low <= each.figure <= each.interval.high
        assert each.interval.low > each.limit or each.interval.high < each.limit
