"""A paper is typed in twice, blindly, by two people; a third settles where they differ; then it is a sitting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from assessments.halls.copies import copies_within_reach, register_copies
from assessments.halls.keying import ReadingInvalid, key_in, progress_of
from assessments.models import Attempt, HandedInBy, Keying, PaperCopy
from assessments.sittings.journal import receipt_for
from assessments.sittings.receipts import first_break
from competencies.models import Evidence
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.grants import open_grant
from people.models import Notice, Person, Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import TYPES, make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
PAPER = ("single", "multiple", "short_answer")
RIGHT = {1: ["o2"], 2: ["o1", "o3"], 3: ["先听，再记。"]}


def administrator() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def copy(now: datetime) -> PaperCopy:
    make_exam("base", types=PAPER)
    return printed(now)


def printed(now: datetime) -> PaperCopy:
    seat = make_seat(make_room(make_session(now)))
    return register_copies(room=seat.room, by=administrator(), now=now).copies[0]


def read(
    copy: PaperCopy, answers: Mapping[int, Any], *, now: datetime, round: int = 1, by: Any = None
) -> PaperCopy:
    return key_in(copy=copy, round=round, answers=answers, by=by or administrator(), now=now)


def test_two_equal_readings_become_a_sitting(copy: PaperCopy, now: datetime) -> None:
    later = now + timedelta(days=1)
    assert read(copy, RIGHT, now=later).attempt is None
    attempt = read(copy, RIGHT, now=later, round=2).attempt
    session = copy.seat.session
    assert attempt is not None
    attempt.refresh_from_db()
    assert (attempt.person, attempt.seat, attempt.seed) == (copy.seat.person, copy.seat, copy.seed)
    assert (attempt.exam_version, attempt.handed_in_by) == (copy.exam_version, HandedInBy.PAPER)
    assert (attempt.started_at, attempt.submitted_at) == (session.opens_at, session.closes_at)
    responses = attempt.answers.order_by("slot").values_list("response", flat=True)
    assert list(responses) == ["o2", ["o1", "o3"], "先听，再记。"]
    assert (attempt.status, [result.points for result in attempt.results.all()]) == ("marking", [4])


def test_a_paper_without_written_answers_is_evidence_at_once(now: datetime) -> None:
    make_exam("base", types=("single", "multiple"))
    copy = printed(now)
    for round in (1, 2):
        copy = read(copy, RIGHT, now=now, round=round)
    assert copy.attempt is not None
    assert Evidence.objects.get().source_key == f"attempt:{copy.attempt.pk}"


def test_answers_from_paper_are_in_the_journal_like_any_other(copy: PaperCopy, now: datetime) -> None:
    for round in (1, 2):
        copy = read(copy, {**RIGHT, 2: None}, now=now, round=round)
    receipt = receipt_for(copy.attempt_id)
    assert ([link.slot for link in receipt.links], first_break(receipt)) == ([1, 3], None)


def test_the_candidate_is_told_once(copy: PaperCopy, now: datetime) -> None:
    for round in (1, 2):
        copy = read(copy, RIGHT, now=now, round=round)
    notice = Notice.objects.get(source_key=f"paper:{copy.code}")
    assert (notice.recipient, notice.url) == (copy.seat.person, f"/exams/attempt/{copy.attempt_id}/result/")


@pytest.mark.parametrize(
    ("second", "slots"),
    [
        ({}, ()),
        ({3: ["先听,再 记."]}, ()),
        ({1: ["o1"]}, (1,)),
        ({1: None, 2: ["o1"]}, (1, 2)),
        ({3: ["先听，再写。"]}, (3,)),
    ],
)
def test_only_what_differs_is_left_open(
    copy: PaperCopy, now: datetime, second: dict[int, Any], slots: tuple[int, ...]
) -> None:
    read(copy, RIGHT, now=now)
    after = read(copy, {**RIGHT, **second}, now=now, round=2)
    assert (progress_of(after).open_slots, after.attempt_id is None) == (slots, bool(slots))


def test_a_third_person_settles_and_only_where_the_two_differ(copy: PaperCopy, now: datetime) -> None:
    read(copy, RIGHT, now=now)
    read(copy, {**RIGHT, 1: ["o1"], 3: ["另一句"]}, now=now, round=2)
    after = read(copy, {1: ["o3"], 2: ["o2"], 3: ["另一句"]}, now=now, round=3)
    assert after.attempt is not None
    responses = after.attempt.answers.order_by("slot").values_list("response", flat=True)
    assert list(responses) == ["o3", ["o1", "o3"], "另一句"]


def test_who_settles_says_something_of_every_open_question(copy: PaperCopy, now: datetime) -> None:
    read(copy, RIGHT, now=now)
    read(copy, {**RIGHT, 1: ["o1"], 3: ["另一句"]}, now=now, round=2)
    with pytest.raises(ReadingInvalid) as refused:
        read(copy, {1: ["o3"]}, now=now, round=3)
    assert list(refused.value.problems) == [3]
    settled = read(copy, {1: None, 3: None}, now=now, round=3)
    assert settled.attempt_id is not None


def test_what_is_no_answer_is_said_by_question_and_nothing_is_stored(copy: PaperCopy, now: datetime) -> None:
    with pytest.raises(ReadingInvalid) as refused:
        read(copy, {**RIGHT, 1: ["o1", "o2"], 2: ["o9"]}, now=now)
    assert list(refused.value.problems) == [1, 2]
    assert Keying.objects.count() == 0


def test_nothing_is_blank_by_being_left_out(copy: PaperCopy, now: datetime) -> None:
    for answers, missing in (({}, [1, 2, 3]), ({1: ["o2"], 2: None, 3: [" "]}, [3])):
        with pytest.raises(ReadingInvalid) as refused:
            read(copy, answers, now=now)
        assert list(refused.value.problems) == missing
    assert Keying.objects.count() == 0


def test_nobody_reads_a_paper_twice(copy: PaperCopy, now: datetime) -> None:
    by = administrator()
    read(copy, RIGHT, now=now, by=by)
    for round in (1, 2):
        assert read(copy, {**RIGHT, 1: ["o1"]}, now=now, round=round, by=by).attempt_id is None
    assert [(each.round, each.responses["1"]) for each in Keying.objects.all()] == [(1, "o2")]
    read(copy, {**RIGHT, 1: ["o1"]}, now=now, round=2)
    assert read(copy, {1: ["o2"]}, now=now, round=3, by=by).attempt_id is None
    assert AuditEntry.objects.filter(action="paper.keyed").count() == 2


def test_the_database_holds_one_reading_a_round_and_one_round_a_person(
    copy: PaperCopy, now: datetime
) -> None:
    by = administrator()
    read(copy, RIGHT, now=now, by=by)
    for said in ({"round": 1, "keyed_by": administrator()}, {"round": 2, "keyed_by": by}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Keying.objects.create(copy=copy, keyed_at=now, **said)


def test_of_two_second_readers_the_slower_is_told_and_stores_nothing(copy: PaperCopy, now: datetime) -> None:
    read(copy, RIGHT, now=now)
    read(copy, {**RIGHT, 1: ["o1"]}, now=now, round=2)
    with pytest.raises(Refusal) as refused:
        read(copy, RIGHT, now=now, round=2)
    assert (refused.value.code, Keying.objects.count()) == ("round", 2)


def test_a_paper_that_is_typed_in_stays_as_it_is(copy: PaperCopy, now: datetime) -> None:
    for round in (1, 2):
        read(copy, RIGHT, now=now, round=round)
    again = read(copy, {**RIGHT, 1: ["o1"]}, now=now, round=3)
    assert (Attempt.objects.get(), Keying.objects.count()) == (again.attempt, 2)


def test_nothing_is_typed_in_before_the_exam_begins(now: datetime) -> None:
    make_exam("base", types=PAPER)
    copy = printed(now)
    with pytest.raises(Refusal) as refused:
        read(copy, RIGHT, now=copy.seat.session.opens_at - timedelta(seconds=1))
    assert (refused.value.code, Keying.objects.count()) == ("early", 0)


def test_whoever_sat_on_a_screen_meanwhile_keeps_that_sitting(copy: PaperCopy, now: datetime) -> None:
    read(copy, RIGHT, now=now)
    sit(copy.seat, now=now)
    with pytest.raises(Refusal) as refused:
        read(copy, RIGHT, now=now, round=2)
    assert (refused.value.code, Keying.objects.count(), Attempt.objects.count()) == ("sat", 1, 1)


def test_candidates_never_type_their_own_paper_in(copy: PaperCopy, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        read(copy, RIGHT, now=now, by=copy.seat.person)
    own = printed_for(administrator(), now)
    assert not copies_within_reach(own.seat.person, at=now).filter(pk=own.pk).exists()


def printed_for(person: Person, now: datetime) -> PaperCopy:
    room = make_room(make_session(now))
    make_seat(room, person)
    return register_copies(room=room, by=administrator(), now=now).copies[0]


def test_a_papers_readers_are_those_of_its_room_its_tree_and_its_examiners(
    copy: PaperCopy, now: datetime
) -> None:
    other = make_organisation("QH-99", make_organisation())
    mentor = make_person(roles=(Role.EXAMINER,))
    open_grant(viewer=mentor, subject=copy.seat.person, kind="mentor", reason="x", now=now)
    people = {
        "administrator": administrator(),
        "examiner": make_person(roles=(Role.EXAMINER,)),
        "invigilator": make_invigilator(copy.seat.room),
        "invigilator of another room": make_invigilator(make_room(copy.seat.session, "第二考场")),
        "administrator elsewhere": make_person(organisation=other, roles=(Role.ADMINISTRATOR,)),
        "examiner elsewhere": make_person(organisation=other, roles=(Role.EXAMINER,)),
        "examiner who is their mentor": mentor,
        "author": make_person(roles=(Role.AUTHOR,)),
    }
    reached = {who for who, person in people.items() if copies_within_reach(person, at=now).exists()}
    assert reached == {"administrator", "examiner", "invigilator"}


def test_every_reading_is_audited_without_its_words(copy: PaperCopy, now: datetime) -> None:
    by = administrator()
    read(copy, RIGHT, now=now, by=by)
    entry = AuditEntry.objects.get(action="paper.keyed")
    assert (entry.actor, entry.target, entry.detail) == (
        str(by.pk),
        f"assessments.papercopy:{copy.pk}",
        {"round": 1},
    )


def test_every_type_but_files_is_typed_in_as_on_a_screen(now: datetime) -> None:
    make_exam("base", types=tuple(TYPES))
    copy = printed(now)
    answers = {slot: right for slot, (_body, _key, right) in enumerate(TYPES.values(), start=1)}
    for round in (1, 2):
        copy = read(copy, answers, now=now, round=round)
    assert copy.attempt is not None
    found = copy.attempt.answers.select_related("item__question_version")
    blank = [answer.item.question_version.type for answer in found if answer.response is None]
    assert blank == ["file_upload"]


CHOICES = st.sampled_from([None, ["o1"], ["o2"], ["o3"]])


class TestWhatThreePeopleRead(HypothesisTestCase):
    """Whatever three people read: what two agree on stands, the rest is as the third says, and nobody else decides."""

    @settings(max_examples=25)
    @given(st.lists(st.tuples(CHOICES, CHOICES, CHOICES), min_size=3, max_size=3))
    def test_what_stands_is_what_two_agree_on_or_the_third_says(
        self, readings: list[tuple[Any, ...]]
    ) -> None:
        now = datetime.fromisoformat("2026-11-22T20:00:00+08:00")
        make_exam("base", types=("single",) * 3)
        copy = printed(now)
        for round in (1, 2, 3):
            answers = {slot: said[round - 1] for slot, said in enumerate(readings, start=1)}
            copy = read(copy, answers, now=now, round=round)
        expected = [first if first == second else third for first, second, third in readings]
        assert copy.attempt is not None
        found = copy.attempt.answers.order_by("slot").values_list("response", flat=True)
        assert list(found) == [each and each[0] for each in expected]
