"""What the evidence says: literal numbers first, then what holds for any evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competencies.framework import leaf_titles, view, views
from competencies.ledger import record_evidence, withdraw_evidence
from competencies.models import Evidence, Subject
from competencies.profile import LeafStanding, Profile, profile_from, profile_of, profiles_of, project
from competencies.queries import standing_evidence
from people.models import Person
from tests.factories import PersonFactory, SubjectFactory

D = Decimal


@pytest.fixture
def worker(db: Any) -> Person:
    return PersonFactory()


class Recorder:
    """Records evidence a minute after the last, with keys of its own."""

    def __init__(self, person: Person, now: datetime) -> None:
        self.person, self.now, self.count = person, now, 0

    def __call__(self, score: str | None, weights: dict[str, str], **fields: Any) -> Evidence:
        self.count += 1
        self.now += timedelta(minutes=1)
        values = {"subject": SubjectFactory(), "occurred_at": self.now, **fields}
        leaf_scores = {leaf: D(value) for leaf, value in values.pop("leaf_scores", {}).items()}
        return record_evidence(
            person=self.person,
            kind="exam",
            version_hash="",
            source_key=f"{self.person.pk}:{self.count}",
            now=self.now,
            score=None if score is None else D(score),
            weights={leaf: D(weight) for leaf, weight in weights.items()},
            leaf_scores=leaf_scores,
            **values,
        )


@pytest.fixture
def record(worker: Person, now: datetime) -> Recorder:
    return Recorder(worker, now)


def test_leaf_is_the_weighted_mean_of_its_evidence(record: Recorder, worker: Person) -> None:
    """(0.9·0.8 + 0.6·0.2) / 1.0 = 0.84; LAW: 0.9."""
    record("0.9", {"DIG": "0.8", "LAW": "0.2"})
    record("0.6", {"DIG": "0.2"})
    assert profile_of(worker) == {
        "DIG": LeafStanding(D("84.0"), D("1.0"), 2),
        "LAW": LeafStanding(D("90.0"), D("0.2"), 1),
    }


def test_leaf_score_of_its_own_comes_before_the_whole(record: Recorder, worker: Person) -> None:
    record("0.5", {"EMP": "0.5", "LAW": "0.5"}, leaf_scores={"EMP": "0.44"})
    assert {leaf: standing.score for leaf, standing in profile_of(worker).items()} == {
        "EMP": D("44.0"),
        "LAW": D("50.0"),
    }


def test_half_a_tenth_is_rounded_up(record: Recorder, worker: Person) -> None:
    record("0.5825", {"EMP": "1"})
    assert profile_of(worker)["EMP"].score == D("58.3")


def test_leaf_without_evidence_is_absent_and_nought_is_not(record: Recorder, worker: Person) -> None:
    """证据不足 is not 0, and 0 is not 证据不足."""
    record("0", {"DIG": "1"})
    assert profile_of(worker) == {"DIG": LeafStanding(D("0.0"), D("1"), 1)}


def test_subject_counts_once_with_its_newest_row(record: Recorder, worker: Person) -> None:
    subject = SubjectFactory()
    record("0.4", {"DIG": "1"}, subject=subject)
    record("0.9", {"DIG": "1"}, subject=subject)
    assert profile_of(worker) == {"DIG": LeafStanding(D("90.0"), D("1"), 1)}


def test_newest_is_by_when_it_happened_not_when_it_was_recorded(
    record: Recorder, worker: Person, now: datetime
) -> None:
    subject = SubjectFactory()
    record("0.9", {"DIG": "1"}, subject=subject, occurred_at=now)
    record("0.4", {"DIG": "1"}, subject=subject, occurred_at=now - timedelta(days=1))
    assert profile_of(worker)["DIG"].score == D("90.0")


def test_superseded_and_withdrawn_evidence_is_left_out(
    record: Recorder, worker: Person, now: datetime
) -> None:
    first = record("0.4", {"DIG": "1"})
    second = record("0.9", {"DIG": "1"}, supersedes=first)
    assert profile_of(worker)["DIG"].score == D("90.0")
    withdraw_evidence(evidence=second, source_key="gone", now=now)
    assert profile_of(worker) == {}


@pytest.mark.postgres
def test_practice_without_weights_does_not_count(record: Recorder, worker: Person) -> None:
    """A later playthrough is recorded with empty weights; it must not replace the first one either."""
    subject = SubjectFactory()
    record("0.6", {"DIG": "1"}, subject=subject)
    record("1", {}, subject=subject)
    assert profile_of(worker) == {"DIG": LeafStanding(D("60.0"), D("1"), 1)}


def test_evidence_without_a_score_moves_no_leaf(record: Recorder, worker: Person) -> None:
    record(None, {"DIG": "1"})
    assert profile_of(worker) == {}


def test_profile_is_of_one_person(record: Recorder, worker: Person) -> None:
    record("0.6", {"DIG": "1"})
    assert profile_of(PersonFactory()) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_a_profile_comes_from_evidence_read_once(
    db: Any, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    """The newest row of a subject counts; what weighs nothing does not; everybody asked about is there."""
    people = [PersonFactory() for _n in range(count)]
    for person in people:
        recorder = Recorder(person, now)
        recorder("0.6", {"DIG": "1", "LAW": "0.5"})
        recorder("0.9", {"EMP": "1"})
        recorder("0.2", {})
    with django_assert_num_queries(1):
        evidence = standing_evidence([*people, PersonFactory.build()])
    profiles = {key: profile_from(rows) for key, rows in evidence.items()}
    assert {key: profile for key, profile in profiles.items() if profile} == profiles_of(people)
    assert len(profiles) == count + 1


@pytest.mark.parametrize("count", [1, 3])
def test_profiles_of_many_cost_one_query(
    db: Any, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    people = [PersonFactory() for _n in range(count)]
    for person in people:
        Recorder(person, now)("0.6", {"DIG": "1"})
    with django_assert_num_queries(1):
        assert set(profiles_of(people)) == {person.pk for person in people}


PROFILE: Profile = {
    "LAW": LeafStanding(D("80.0"), D("1"), 1),
    "SWK": LeafStanding(D("60.0"), D("3"), 2),
    "EMP": LeafStanding(D("44.0"), D("1"), 1),
}


@pytest.mark.parametrize(
    ("ref", "axes"),
    [
        ("A@1", {"专业能力": D("65.0"), "技术能力": None, "共情能力": D("44.0")}),
        ("B@1", {"政策解读": D("80.0"), "数字技术": None, "社会工作": D("56.0")}),
        (
            "R@1",
            {
                "政治素养": None,
                "专业": D("65.0"),
                "创新": None,
                "数字": None,
                "共情": D("44.0"),
                "协调应急": None,
            },
        ),
    ],
)
def test_projection_through_each_view(ref: str, axes: dict[str, Decimal | None]) -> None:
    """View A: (80·1 + 60·3) / 4 = 65. View B: (60·3 + 44·1) / 4 = 56."""
    assert {axis.title: axis.score for axis in project(PROFILE, view(ref))} == axes


standings = st.builds(
    LeafStanding,
    score=st.decimals(0, 100, places=1),
    weight=st.decimals("0.1", 9, places=1),
    subjects=st.integers(1, 5),
)
profiles = st.dictionaries(st.sampled_from(sorted(leaf_titles())), standings)


@given(profiles, st.sampled_from(sorted(views())))
def test_axis_lies_between_its_leaves_and_is_empty_only_without_evidence(profile: Profile, ref: str) -> None:
    found = view(ref)
    for axis, standing in zip(found.axes, project(profile, found), strict=True):
        scores = [profile[leaf].score for leaf in axis.leaves if leaf in profile]
        if scores:
            assert standing.score is not None
            assert min(scores) <= standing.score <= max(scores)
        else:
            assert standing.score is None


@given(profiles)
def test_leaf_outside_a_view_does_not_move_it(profile: Profile) -> None:
    found = view("A@1")
    inside = {leaf: standing for leaf, standing in profile.items() if leaf not in found.left_out}
    assert project(profile, found) == project(inside, found)


def test_subjects_are_told_apart(record: Recorder, worker: Person) -> None:
    for _n in range(3):
        record("0.5", {"DIG": "1"})
    assert profile_of(worker)["DIG"].subjects == Subject.objects.count() == 3
