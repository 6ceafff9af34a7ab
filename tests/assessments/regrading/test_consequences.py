"""What a regrade would do to the ledger and to decisions is known before, and is what it then does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from assessments.considering import consider
from assessments.decisions import reconsider
from assessments.models import Decision, ExamVersion, Regrade, SchemeVersion
from assessments.regrading.advancing import advance_regrade
from assessments.regrading.consequences import Flip, claims_after, decisions_flipping
from assessments.regrading.deciding import approve_regrade
from assessments.regrading.drafting import propose_regrade
from assessments.schemes.releasing import release_scheme
from competencies.models import Evidence
from competencies.queries import StandingEvidence, standing_evidence
from people.models import Person
from tests.assessments.making import make_exam
from tests.assessments.regrades import (
    DROP,
    FULL,
    correct_key,
    key_change,
    make_approver,
    make_author,
    make_sat,
    make_tried,
)
from tests.assessments.test_schemes import EXAM_RULE, scheme
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def make_scheme() -> SchemeVersion:
    """A scheme that asks for 60 percent in the exam `base`."""
    return release_scheme(definition=scheme(EXAM_RULE), by=None, now=LONG_AGO_AT)


def facts(evidence: StandingEvidence) -> dict[UUID, list[tuple[Any, ...]]]:
    """What rows say, by person; not how they are called."""
    return {
        person: [
            (row.subject_id, row.kind, row.score, row.passed, row.occurred_at, row.weights, row.leaf_scores)
            for row in rows
        ]
        for person, rows in evidence.items()
    }


def carried_out(regrade: Regrade, now: datetime) -> Regrade:
    regrade = propose_regrade(regrade=regrade, by=regrade.proposed_by, now=now)
    approved = approve_regrade(regrade=regrade, by=make_approver(), now=now)
    return advance_regrade(regrade=approved, clock=lambda: now)


@pytest.mark.parametrize("grading", ["best", "last", "first", "average"])
@pytest.mark.parametrize("what", ["key", "drop", "full", "pass"])
def test_what_would_stand_in_the_ledger_is_what_then_stands(
    grading: str, what: str, person: Person, now: datetime
) -> None:
    version = make_exam(types=("single", "single"), grading=grading)
    other, scheme = make_person(), make_scheme()
    for day, pair in enumerate((("o3", "o2"), ("o2", "o1"), ("o2", None))):
        make_sat(*pair, now=now + day * DAY, person=person)
    make_sat("o2", "o2", now=now, person=other)
    changes = {
        "key": lambda: key_change(correct_key()),
        "drop": lambda: DROP,
        "full": lambda: FULL,
        "pass": lambda: {"kind": "pass", "percent": "50"},
    }
    later = now + 5 * DAY
    regrade = make_tried(version, changes[what](), by=make_author(), now=later)
    people = [person, other]
    before = {each.pk: consider(each)[0].decision.met for each in people}
    foreseen, flips = (
        facts(claims_after(regrade.lines.select_related("attempt"))),
        decisions_flipping(regrade),
    )
    assert Evidence.objects.count() == Evidence.objects.filter(recorded_at__lt=later).count()
    carried_out(regrade, later)
    assert facts(standing_evidence(people)) == foreseen
    after = {each.pk: consider(each)[0].decision.met for each in people}
    assert set(flips) == {
        Flip(pk, scheme.pk, before[pk], after[pk]) for pk in before if before[pk] != after[pk]
    }


def test_decisions_follow_by_themselves(person: Person, now: datetime) -> None:
    version, scheme = make_exam(types=("single", "single")), make_scheme()
    make_sat("o2", "o2", now=now, person=person)
    reconsider(person=person, now=now)
    regrade = make_tried(version, key_change(correct_key()), by=make_author(), now=now + DAY)
    assert decisions_flipping(regrade) == [Flip(person.pk, scheme.pk, True, False)]
    assert Decision.objects.count() == 1
    carried_out(regrade, now + DAY)
    reconsider(person=person, now=now + DAY)
    old, new = Decision.objects.order_by("pk")
    assert (old.met, new.met) == (True, False)
    assert old.proof["tree"]["met"]


def test_several_papers_of_one_person_say_the_flip_once(person: Person, now: datetime) -> None:
    version, scheme = make_exam(types=("single", "single")), make_scheme()
    for day in range(3):
        make_sat("o1", "o2", now=now + day * DAY, person=person)
    regrade = make_tried(version, DROP, by=make_author(), now=now + 5 * DAY)
    assert decisions_flipping(regrade) == [Flip(person.pk, scheme.pk, False, True)]
    assert [bool(line.decisions) for line in regrade.lines.order_by("pk")] == [True, False, False]


def test_practice_leaves_the_ledger_as_it_is(person: Person, now: datetime) -> None:
    version = make_exam(types=("single", "single"), practice=True)
    make_scheme()
    make_sat("o1", "o2", now=now, person=person)
    regrade = make_tried(version, DROP, by=make_author(), now=now + DAY)
    assert decisions_flipping(regrade) == []
    assert claims_after(regrade.lines.select_related("attempt")) == {person.pk: []}


def test_paper_that_waits_for_marks_changes_no_ledger(person: Person, now: datetime) -> None:
    version = make_exam(types=("single", "short_answer"))
    make_sat("o1", "写下的", now=now, person=person)
    regrade = make_tried(version, FULL, by=make_author(), now=now + DAY)
    assert claims_after(regrade.lines.select_related("attempt")) == {person.pk: []}


def test_nothing_is_asked_of_no_lines(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert claims_after([]) == {}


@pytest.mark.parametrize("papers", [1, 3])
def test_ledger_to_come_costs_the_same_queries_at_one_and_at_three_people(
    papers: int, now: datetime, django_assert_num_queries: Any
) -> None:
    version: ExamVersion = make_exam(types=("single", "single"))
    for _paper in range(papers):
        make_sat("o1", "o2", now=now)
    regrade = make_tried(version, DROP, by=make_author(), now=now + DAY)
    lines = list(regrade.lines.select_related("attempt", "regrade__exam_version"))
    with django_assert_num_queries(11):
        assert len(claims_after(lines)) == papers
