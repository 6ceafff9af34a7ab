"""Anchors: chosen by others, marked blind before scripts, and compared."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import transaction

from assessments.exams.releasing import release_exam
from assessments.marking.anchors import (
    choose_anchor,
    next_anchor_for,
    outcome_for,
    record_anchor_mark,
    retire_anchor,
)
from assessments.marking.leasing import take_scripts
from assessments.models import AnchorMark, AnchorScript, Answer, Attempt
from core.appendonly import AppendOnlyViolation
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.grants import open_grant
from people.models import Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.marking.scripts import TWICE, answer_of, item_of, make_marker, make_written, mark
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def marker() -> Person:
    return make_marker()


@pytest.fixture
def papers(now: datetime) -> list[Attempt]:
    return make_written(3, now=now)


def choose(attempt: Attempt, by: Person, now: datetime, points: str | None = "1.5") -> AnchorScript:
    marks = None if points is None else {"c1": points}
    return choose_anchor(answer=answer_of(attempt), marks=marks, note=" 步骤齐全 ", by=by, now=now)


def give(anchor: AnchorScript, by: Person, now: datetime, points: str = "1") -> AnchorMark:
    return record_anchor_mark(anchor=anchor, marks={"c1": points}, by=by, now=now).mark


def test_chosen_with_marks_given_and_recorded(papers: list[Attempt], admin: Person, now: datetime) -> None:
    anchor = choose(papers[0], admin, now)
    assert (anchor.points, anchor.marks, anchor.note) == (Decimal("1.5"), {"c1": "1.5"}, "步骤齐全")
    assert choose(papers[0], admin, now) == anchor
    entry = AuditEntry.objects.get(action="anchor.chosen")
    assert entry.detail == {"answer": anchor.answer_id, "points": "1.5"}


def test_chosen_with_the_marks_that_stand(admin: Person, marker: Person, now: datetime) -> None:
    (attempt,) = make_written(now=now, **TWICE)
    mark(attempt, marker, now, "1.5")
    with pytest.raises(Refusal) as refused:
        choose(attempt, admin, now, points=None)
    assert refused.value.code == "unsettled"
    mark(attempt, make_marker(), now, "2")
    assert choose(attempt, admin, now, points=None).points == Decimal("1.75")


def test_other_marks_for_an_anchor_that_was_one_are_refused(
    papers: list[Attempt], admin: Person, now: datetime
) -> None:
    anchor = choose(papers[0], admin, now)
    retire_anchor(anchor=anchor, by=admin, now=now)
    with pytest.raises(Refusal) as refused:
        choose(papers[0], admin, now, points="2")
    assert refused.value.code == "chosen"
    assert choose(papers[0], admin, now).retired_at is None


@pytest.mark.parametrize("points", ["1.25", "2.5"])
def test_marks_that_do_not_fit_make_no_anchor(
    points: str, papers: list[Attempt], admin: Person, now: datetime
) -> None:
    with pytest.raises(Refusal):
        choose(papers[0], admin, now, points=points)
    assert AnchorScript.objects.count() == 0


def test_question_that_nobody_marks_has_no_anchors(admin: Person, now: datetime) -> None:
    make_exam(types=("single",))
    with pytest.raises(Refusal):
        choose(make_submitted(make_person(), now=now), admin, now)


def test_only_administrators_of_the_candidate_choose_and_retire(
    papers: list[Attempt], admin: Person, marker: Person, now: datetime
) -> None:
    elsewhere = make_person(organisation=make_organisation("ELSE"), roles=(Role.ADMINISTRATOR,))
    anchor = choose(papers[0], make_person(roles=(Role.ADMINISTRATOR,)), now)
    for who in (marker, elsewhere, make_person(roles=(Role.AUTHOR,))):
        with pytest.raises(NotAllowed):
            choose(papers[1], who, now)
        with pytest.raises(NotAllowed):
            retire_anchor(anchor=anchor, by=who, now=now)
    retired = retire_anchor(anchor=anchor, by=admin, now=now)
    assert retire_anchor(anchor=retired, by=admin, now=now).retired_at == now
    assert AuditEntry.objects.filter(action="anchor.retired").count() == 1


def test_open_or_own_or_empty_answers_are_no_anchors(
    papers: list[Attempt], admin: Person, now: datetime
) -> None:
    own = make_submitted(admin, now=now)
    Answer.objects.filter(attempt=papers[0]).update(response=None)
    for attempt in (own, papers[0]):
        with pytest.raises(NotAllowed):
            choose(attempt, admin, now)


def test_anchors_come_before_scripts(
    papers: list[Attempt], admin: Person, marker: Person, now: datetime
) -> None:
    anchors = [choose(attempt, admin, now) for attempt in papers[:2]]
    item = item_of(papers[0])
    for anchor in anchors:
        assert next_anchor_for(marker, item, at=now) == anchor
        for try_it in (
            lambda: take_scripts(marker=marker, item=item, now=now),
            lambda: mark(papers[2], marker, now),
        ):
            with pytest.raises(Refusal) as refused:
                try_it()
            assert refused.value.code == "anchors"
        give(anchor, marker, now)
    assert next_anchor_for(marker, item, at=now) is None
    assert len(take_scripts(marker=marker, item=item, now=now)) == 3


def test_retired_anchor_keeps_nobody_from_scripts(
    papers: list[Attempt], admin: Person, marker: Person, now: datetime
) -> None:
    retire_anchor(anchor=choose(papers[0], admin, now), by=admin, now=now)
    assert len(take_scripts(marker=marker, item=item_of(papers[0]), now=now)) == 3


def test_anchor_is_marked_once_and_shows_its_worth_only_then(
    papers: list[Attempt], admin: Person, marker: Person, now: datetime
) -> None:
    anchor = choose(papers[0], admin, now)
    assert outcome_for(anchor, marker) is None
    outcome = record_anchor_mark(anchor=anchor, marks={"c1": "1"}, by=marker, now=now)
    assert (outcome.difference, outcome.anchor) == (Decimal("-0.5"), anchor)
    assert give(anchor, marker, now, "1.5") == outcome.mark
    assert outcome_for(anchor, marker) == outcome
    assert AuditEntry.objects.filter(action="anchor.marked").count() == 1
    with pytest.raises(AppendOnlyViolation), transaction.atomic():
        AnchorMark.objects.update(points=2)


def test_marks_beyond_the_rubric_are_refused(
    papers: list[Attempt], admin: Person, marker: Person, now: datetime
) -> None:
    anchor = choose(papers[0], admin, now)
    for points in ("3", "0.3"):
        with pytest.raises(Refusal):
            give(anchor, marker, now, points)
    assert AnchorMark.objects.count() == 0


def test_who_knows_an_anchor_is_not_asked(papers: list[Attempt], marker: Person, now: datetime) -> None:
    """Whoever chose it, marked it as a script, or accompanies its candidate."""
    chooser = make_person(roles=(Role.ADMINISTRATOR, Role.EXAMINER))
    mentor, stranger = make_marker(), make_marker()
    open_grant(viewer=mentor, subject=papers[0].person, kind="pairing", reason="QL-1", now=now)
    mark(papers[0], marker, now)
    anchor = choose(papers[0], chooser, now, points=None)
    item = item_of(papers[0])
    asked = [next_anchor_for(who, item, at=now) for who in (chooser, mentor, marker, stranger)]
    assert asked == [None, None, None, anchor]
    for who in (mentor, make_person(roles=(Role.AUTHOR,))):
        with pytest.raises(NotAllowed):
            give(anchor, who, now)


def test_anchor_serves_every_release_with_the_same_question(
    papers: list[Attempt], admin: Person, marker: Person, now: datetime
) -> None:
    anchor = choose(papers[0], admin, now)
    again = release_exam(
        definition={
            "key": "again",
            "title": "又一场",
            "minutes": 20,
            "pass_percent": 60,
            "questions": [{"key": "base-1", "points": 2}],
        },
        by=None,
        now=now,
    )
    assert next_anchor_for(marker, again.items.get(), at=now) == anchor
