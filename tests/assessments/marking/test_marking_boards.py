"""Boards: how far, by whom, how well two agree; for who answers for the candidates, and without ranking anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from assessments.marking.anchors import choose_anchor, record_anchor_mark
from assessments.marking.boards import exam_lines, read_boards
from assessments.marking.leasing import take_scripts
from assessments.marking.plans import terms_for
from assessments.marking.settling import Given, Round, Rules
from assessments.marking.tallies import anchor_tallies, progress_of, tallies_of
from assessments.marking.words import long_span
from assessments.models import AnchorScript, MarkingPlan
from core.models import AuditEntry
from people.models import Person, Role
from tests.assessments.making import make_attempt, make_exam
from tests.assessments.marking.scripts import TWICE, answer_of, item_of, make_marker, make_written, mark
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
PLAN = {"hold": "5", "lease_minutes": "60", "undo_minutes": "10", "quota": "", "due_at": ""}
ONE, TWO = uuid4(), uuid4()


@pytest.fixture
def chief(db: Any) -> Person:
    return make_person("陈主任", roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def now() -> datetime:
    """Pages look at the clock themselves."""
    return timezone.now()


def given(id: int, marker: Any, round: Round, points: str, undoes: int | None = None) -> Given:
    at = datetime(2026, 11, 22, tzinfo=timezone.get_current_timezone())
    return Given(id, marker, round, Decimal(points), {"c1": points}, "0", at, undoes=undoes)


def test_progress_counts_a_round_as_done_where_it_is_needed_no_more() -> None:
    both = [given(1, ONE, Round.FIRST, "2"), given(2, TWO, Round.SECOND, "0")]
    answers = [[], both[:1], both, [*both, given(3, uuid4(), Round.THIRD, "1")]]
    progress = progress_of(answers, Rules(double=True, tolerance=Decimal(1)))
    assert [(each.round, each.done, each.wanted) for each in progress] == [
        (Round.FIRST, 3, 4),
        (Round.SECOND, 2, 4),
        (Round.THIRD, 1, 2),
    ]


def test_exam_marked_once_has_one_round() -> None:
    progress = progress_of([[], [given(1, ONE, Round.FIRST, "2")]], Rules())
    assert [(each.round, each.done, each.left) for each in progress] == [(Round.FIRST, 1, 1)]


def test_marker_counts_the_newest_mark_and_none_taken_back() -> None:
    replaced = [given(1, ONE, Round.FIRST, "0"), given(2, ONE, Round.FIRST, "2")]
    undone = [given(3, ONE, Round.FIRST, "1"), given(4, ONE, Round.FIRST, "1", undoes=3)]
    (tally,) = tallies_of([replaced, undone])
    assert (tally.marker, tally.count, tally.mean) == (ONE, 1, 2)


def test_anchor_difference_keeps_its_side_and_its_size() -> None:
    met = [(ONE, Decimal(2), Decimal(1)), (ONE, Decimal(0), Decimal("1.5"))]
    (tally,) = anchor_tallies(met)
    assert (tally.count, tally.difference, tally.apart) == (2, Decimal("-0.25"), Decimal("1.25"))


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(minutes=59), "59 分钟"),
        (timedelta(minutes=90), "1 小时"),
        (timedelta(hours=47), "47 小时"),
        (timedelta(hours=49), "2 天"),
    ],
)
def test_span_is_said_in_its_largest_unit(span: timedelta, said: str) -> None:
    assert long_span(span) == said


def test_board_reads_rounds_markers_and_agreement(chief: Person, now: datetime) -> None:
    papers = make_written(4, now=now, **TWICE)
    one, two = make_person("甲", roles=(Role.EXAMINER,)), make_person("乙", roles=(Role.EXAMINER,))
    for paper, first, second in zip(papers[:3], ("2", "1", "0"), ("2", "1", "1"), strict=True):
        mark(paper, one, now, first)
        mark(paper, two, now, second)
    take_scripts(marker=two, item=item_of(papers[3]), now=now - timedelta(hours=3))
    (board,) = read_boards("base", chief, at=now)
    assert [(each.round, each.done, each.wanted) for each in board.progress] == [
        (Round.FIRST, 3, 4),
        (Round.SECOND, 3, 4),
        (Round.THIRD, 0, 1),
    ]
    lines = [
        (line.name, line.tally and (line.tally.count, line.tally.mean), line.in_hand, line.since_text)
        for line in board.markers
    ]
    assert lines == [("乙", (3, Decimal("4") / 3), 1, "3 小时"), ("甲", (3, 1), 0, "")]
    assert (board.agreement.pairs, board.agreement.exact, board.agreement.adjacent) == (3, 2 / 3, 1.0)
    assert board.agreement.kappa is not None


def test_anchors_stand_beside_the_marker_who_met_them(chief: Person, now: datetime) -> None:
    papers = make_written(2, now=now)
    mark(papers[0], make_marker(), now, "1.5")
    anchor = choose_anchor(answer=answer_of(papers[0]), by=chief, now=now)
    marker = make_person("丙", roles=(Role.EXAMINER,))
    record_anchor_mark(anchor=anchor, marks={"c1": "2"}, by=marker, now=now)
    (board,) = read_boards("base", chief, at=now)
    assert board.anchors == 1
    assert [line.anchors_text for line in board.markers if line.name == "丙"] == ["+0.50（1 份）"]


def test_board_counts_only_papers_of_ones_own_people(chief: Person, now: datetime) -> None:
    make_written(1, now=now)
    elsewhere = make_person(organisation=make_organisation("ELSE"), roles=(Role.ADMINISTRATOR,))
    assert read_boards("base", elsewhere, at=now) == ()
    assert exam_lines(elsewhere, at=now) == []
    assert [(line.exam_key, line.papers, line.waiting) for line in exam_lines(chief, at=now)] == [
        ("base", 1, 1)
    ]


def test_papers_still_written_practice_and_keyed_exams_are_not_on_the_board(
    chief: Person, now: datetime
) -> None:
    make_exam("open", types=("short_answer",))
    make_attempt(make_person(), "open", now=now, answered=True)
    make_written(1, now=now, key="drill", practice=True)
    assert exam_lines(chief, at=now) == []


def test_boards_are_for_administrators_and_examiners(now: datetime, login: Any) -> None:
    make_written(1, now=now)
    places = ("/exams/marking/boards/", "/exams/marking/boards/base/")
    codes = {
        role: [login(make_person(roles=(role,) if role else ())).get(place).status_code for place in places]
        for role in (Role.ADMINISTRATOR, Role.EXAMINER, Role.AUTHOR, None)
    }
    assert codes == {
        Role.ADMINISTRATOR: [200, 200],
        Role.EXAMINER: [200, 200],
        Role.AUTHOR: [403, 404],
        None: [403, 404],
    }


def test_administrator_sets_how_marking_is_organised_and_twice_is_once(
    chief: Person, now: datetime, login: Any
) -> None:
    make_written(1, now=now)
    client = login(chief)
    for _click in range(2):
        assert client.post("/exams/marking/boards/base/", PLAN).status_code == 302
    assert (terms_for("base").hold, terms_for("base").undo_minutes) == (5, 10)
    assert AuditEntry.objects.filter(action="marking.planned").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"hold": "0"}, {"lease_minutes": "4"}, {"undo_minutes": "x"}, {"quota": "0"}]
)
def test_plan_out_of_range_stays_on_the_page(
    wrong: dict[str, str], chief: Person, now: datetime, login: Any
) -> None:
    make_written(1, now=now)
    page = login(chief).post("/exams/marking/boards/base/", {**PLAN, **wrong})
    assert (page.status_code, list(page.context["form"].errors)) == (422, list(wrong))
    assert MarkingPlan.objects.count() == 0


def test_examiner_reads_the_plan_and_does_not_set_it(now: datetime, login: Any) -> None:
    make_written(1, now=now)
    client = login(make_marker())
    page = client.get("/exams/marking/boards/base/")
    assert page.context["form"] is None
    assert client.post("/exams/marking/boards/base/", PLAN).status_code == 403
    assert MarkingPlan.objects.count() == 0


def test_board_takes_the_same_queries_at_one_and_at_three_scripts(
    chief: Person, now: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    papers = make_written(3, now=now)
    mark(papers[0], make_marker(), now)
    client = login(chief)
    client.get("/exams/marking/boards/base/")
    with django_assert_num_queries(12):
        client.get("/exams/marking/boards/base/")
    for paper in papers[1:]:
        mark(paper, make_marker(), now)
    with django_assert_num_queries(12):
        client.get("/exams/marking/boards/base/")


def test_list_of_exams_takes_the_same_queries_at_one_and_at_three_exams(
    chief: Person, now: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    make_written(1, now=now)
    client = login(chief)
    client.get("/exams/marking/boards/")
    with django_assert_num_queries(5):
        client.get("/exams/marking/boards/")
    for key in ("second", "third"):
        make_written(1, now=now, key=key)
    with django_assert_num_queries(5):
        client.get("/exams/marking/boards/")


# choosing anchors


def test_anchor_is_chosen_from_a_marked_script_and_retired(chief: Person, now: datetime, login: Any) -> None:
    papers = make_written(2, now=now)
    mark(papers[0], make_marker(), now, "1.5")
    place, answer = f"/exams/marking/{item_of(papers[0]).pk}/anchors/", answer_of(papers[0])
    client = login(chief)
    assert [script.points for script in client.get(place).context["scripts"]] == ["1.5"]
    for _click in range(2):
        client.post(place, {"choose": "1", "answer": str(answer.pk), "note": "有依据"})
    anchor = AnchorScript.objects.get()
    assert (anchor.answer, anchor.points, anchor.note) == (answer, Decimal("1.50"), "有依据")
    for _click in range(2):
        client.post(place, {"retire": str(anchor.pk)})
    anchor.refresh_from_db()
    assert anchor.retired_at is not None
    assert client.get(place).status_code == 200


def test_unmarked_script_does_not_become_an_anchor(chief: Person, now: datetime, login: Any) -> None:
    (paper,) = make_written(1, now=now)
    place = f"/exams/marking/{item_of(paper).pk}/anchors/"
    login(chief).post(place, {"choose": "1", "answer": str(answer_of(paper).pk), "note": ""})
    assert AnchorScript.objects.count() == 0


def test_examiner_and_foreign_administrator_choose_no_anchor(now: datetime, login: Any) -> None:
    (paper,) = make_written(1, now=now)
    mark(paper, make_marker(), now)
    place = f"/exams/marking/{item_of(paper).pk}/anchors/"
    foreign = make_person(organisation=make_organisation("ELSE"), roles=(Role.ADMINISTRATOR,))
    data = {"choose": "1", "answer": str(answer_of(paper).pk), "note": ""}
    for who in (make_marker(), foreign, make_person(roles=(Role.AUTHOR,))):
        assert login(who).post(place, data).status_code == 404
    assert AnchorScript.objects.count() == 0
