"""The dry run says what would come; carrying out makes it so, paper by paper, however often it is interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from assessments import tasks
from assessments.attempts import submit_attempt
from assessments.models import Attempt, ExamVersion, Regrade, RegradeLine, RegradeStatus, Result
from assessments.regrading import advancing, carrying, consequences, trying
from assessments.regrading.advancing import STANDS_STILL, advance_regrade, due_regrades, progress_of
from assessments.regrading.drafting import draft_regrade, try_regrade
from assessments.results.scoring import result_of, score_answers
from competencies.models import Evidence
from core.models import AuditEntry
from people.models import Notice, Person
from tests.assessments.making import make_attempt, make_exam, make_submitted
from tests.assessments.regrades import (
    DOUBLED,
    DROP,
    FULL,
    REASON,
    correct_key,
    key_change,
    make_approved,
    make_author,
    make_done,
    make_sat,
    make_tried,
)
from tests.factories import make_person

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=2)
RIGHT, WRONG, CORRECTED = "o2", "o1", "o3"


@pytest.fixture
def version() -> ExamVersion:
    return make_exam(types=("single", "single"))


def said(regrade: Regrade) -> list[tuple[str, str, bool | None, str, str, bool | None, bool, bool]]:
    return [
        (*line.before.values(), *line.after.values(), line.changes, line.flips)
        for line in regrade.lines.order_by("pk")
        if line.before and line.after
    ]


def stands(attempt: Attempt) -> tuple[Decimal, Decimal, bool | None, int]:
    newest = attempt.results.order_by("-number")[0]
    return newest.points, newest.max_points, newest.passed, newest.number


def from_scratch(attempt: Attempt) -> Result:
    fresh = Attempt.objects.select_related("exam_version").get(pk=attempt.pk)
    return result_of(fresh, score_answers(fresh))


class Killed(BaseException):
    """What no handler of errors may catch."""


@contextmanager
def killed_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, calls: int) -> Iterator[None]:
    """The worker ends when `module.name` has been called so often; what it had begun is rolled back."""
    original, left = getattr(module, name), [calls]

    def once_more(*args: Any, **kwargs: Any) -> Any:
        answer = original(*args, **kwargs)
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(module, name, once_more)
        yield


# --- the dry run --------------------------------------------------------------------------------------------------


def test_dry_run_lists_every_paper_handed_in_with_before_and_after(
    version: ExamVersion, now: datetime
) -> None:
    for pair in ((RIGHT, RIGHT), (WRONG, RIGHT), (RIGHT, WRONG)):
        make_sat(*pair, now=now)
    make_attempt(make_person(), now=now)
    regrade = make_tried(version, DROP, by=make_author(), now=now)
    assert regrade.status == RegradeStatus.TRIED
    assert said(regrade) == [
        ("4", "4", True, "2", "2", True, True, False),
        ("2", "4", False, "2", "2", True, True, True),
        ("2", "4", False, "0", "2", False, True, False),
    ]
    assert progress_of(regrade) == (3, 3)


def test_dry_run_of_a_key_says_who_gains_and_who_loses(version: ExamVersion, now: datetime) -> None:
    for first in (RIGHT, CORRECTED, WRONG):
        make_sat(first, RIGHT, now=now)
    regrade = make_tried(version, key_change(correct_key()), by=make_author(), now=now)
    assert [(line.after["passed"], line.changes, line.flips) for line in regrade.lines.order_by("pk")] == [
        (False, True, True),
        (True, True, True),
        (False, False, False),
    ]


def test_points_that_move_between_questions_are_a_change(version: ExamVersion, now: datetime) -> None:
    """Other abilities earned them, though the sum is the same."""
    make_sat(RIGHT, CORRECTED, now=now)
    first = key_change(correct_key("base-1"))
    second = key_change(correct_key("base-2"), item=2)
    line = make_tried(version, first, second, by=make_author(), now=now).lines.get()
    assert (line.before == line.after, line.changes, line.flips) == (True, True, False)


def test_paper_that_waits_for_marks_says_neither_passed_nor_failed(now: datetime) -> None:
    version = make_exam(types=("single", "short_answer"))
    make_submitted(make_person(), now=now)
    line = make_tried(version, FULL, by=make_author(), now=now).lines.get()
    assert (line.after["passed"], line.changes, line.flips) == (None, False, False)


def test_dry_run_goes_on_where_it_was_killed(
    version: ExamVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pair in ((RIGHT, RIGHT), (WRONG, RIGHT), (RIGHT, WRONG)):
        make_sat(*pair, now=now)
    expected = said(make_tried(version, DROP, by=make_author(), now=now))
    monkeypatch.setattr(trying, "PORTION", 1)
    monkeypatch.setattr(consequences, "PORTION", 1)
    author = make_author()
    regrade = draft_regrade(exam_version=version, changes=[DROP], reason=REASON, by=author, now=now)
    try_regrade(regrade=regrade, by=author, now=now)
    steps = 0
    for _life in range(20):
        with killed_after(monkeypatch, trying, "try_portion", 0), pytest.raises(Killed):
            trying_once(regrade, now)
        steps += 1
        if advance_is_done(regrade):
            break
    assert steps == 8  # the list, three papers, three people, and that nothing is left
    assert (said(regrade), progress_of(Regrade.objects.get(pk=regrade.pk))) == (expected, (3, 3))


def trying_once(regrade: Regrade, now: datetime) -> None:
    """One portion of the dry run, committed before the worker dies."""
    trying.try_portion(regrade=regrade, items=advancing.items_of(regrade), now=now)


def advance_is_done(regrade: Regrade) -> bool:
    return Regrade.objects.get(pk=regrade.pk).status == RegradeStatus.TRIED


def test_dry_run_costs_the_same_queries_at_one_and_at_three_papers(
    version: ExamVersion, now: datetime, django_assert_num_queries: Any
) -> None:
    author = make_author()
    for papers in (1, 3):
        while Attempt.objects.count() < papers:
            make_sat(WRONG, RIGHT, now=now)
        regrade = draft_regrade(
            exam_version=version,
            changes=[{**DOUBLED, "points": f"{papers + 2}"}],
            reason=REASON,
            by=author,
            now=now,
        )
        regrade = try_regrade(regrade=regrade, by=author, now=now)
        with django_assert_num_queries(49):
            advance_regrade(regrade=regrade, clock=lambda: now)


# --- carrying out -------------------------------------------------------------------------------------------------


def test_marks_go_down_as_well_as_up(version: ExamVersion, now: datetime) -> None:
    """Keeping the higher one would leave results that follow no rule."""
    gains, loses, stays = (make_sat(first, RIGHT, now=now) for first in (CORRECTED, RIGHT, WRONG))
    regrade = make_done(version, key_change(correct_key()), now=now)
    assert regrade.status == RegradeStatus.DONE
    assert [stands(each) for each in (gains, loses, stays)] == [
        (Decimal(4), Decimal(4), True, 2),
        (Decimal(2), Decimal(4), False, 2),
        (Decimal(2), Decimal(4), False, 2),
    ]
    assert [line.result.attempt for line in regrade.lines.order_by("pk")] == [gains, loses, stays]


def test_old_and_new_result_stay_readable(version: ExamVersion, now: datetime) -> None:
    attempt = make_sat(WRONG, RIGHT, now=now)
    regrade = make_done(version, DROP, now=now)
    rows = attempt.results.order_by("number").values_list("points", "max_points", "reason", "correction")
    assert list(rows) == [(2, 4, "", None), (2, 2, "question", regrade.correction_id)]


def test_closed_exam_is_regraded_like_any_other(now: datetime) -> None:
    closes_at = now + timedelta(hours=1)
    version = make_exam(
        types=("single", "single"), opens_at=(now - LATER).isoformat(), closes_at=closes_at.isoformat()
    )
    attempt = make_sat(WRONG, RIGHT, now=now)
    make_done(version, FULL, now=now)
    assert stands(attempt) == (Decimal(4), Decimal(4), True, 2)


def test_evidence_of_what_changed_is_superseded_and_of_the_rest_left_alone(
    version: ExamVersion, now: datetime
) -> None:
    loses, stays = make_sat(RIGHT, RIGHT, now=now), make_sat(WRONG, RIGHT, now=now)
    make_done(version, key_change(correct_key()), now=now)
    assert [row.source_key for row in Evidence.objects.filter(person=stays.person)] == [f"attempt:{stays.pk}"]
    old, new = Evidence.objects.filter(person=loses.person).order_by("pk")
    assert (new.supersedes, new.source_key, new.passed) == (old, f"attempt:{loses.pk}:2", False)


def test_candidates_are_told_what_was_corrected_on_their_paper_and_why(
    version: ExamVersion, now: datetime
) -> None:
    loses, _stays = make_sat(RIGHT, RIGHT, now=now), make_sat(WRONG, RIGHT, now=now)
    make_done(version, key_change(correct_key()), now=now)
    notice = Notice.objects.get(source_key__startswith="result:")
    assert notice.recipient == loses.person
    assert notice.body == "第 1 题更正答案；答案有误，现予更正。得 2 分，满分 4 分。"


def test_papers_without_the_question_are_left_alone(now: datetime) -> None:
    version = make_exam(types=("single",) * 6, draw=1)
    attempts = [make_submitted(make_person(), now=now) for _paper in range(4)]
    on_it = [each for each in attempts if each.answers.get().item.number == 1]
    make_done(version, FULL, now=now)
    assert [each.results.count() for each in attempts] == [2 if each in on_it else 1 for each in attempts]


def test_same_task_five_times_is_one_result_each(version: ExamVersion, now: datetime) -> None:
    """Row 37."""
    attempts = [make_sat(first, RIGHT, now=now) for first in (RIGHT, CORRECTED)]
    regrade = make_approved(version, key_change(correct_key()), now=now)
    for _delivery in range(5):
        assert tasks.advance_regrade(str(regrade.pk))
    assert [each.results.count() for each in attempts] == [2, 2]
    assert Notice.objects.filter(source_key__startswith="result:").count() == 2
    assert AuditEntry.objects.filter(action="attempt.rescored").count() == 2
    assert AuditEntry.objects.filter(action="regrade.done").count() == 1
    assert (Evidence.objects.count(), Evidence.objects.standing().count()) == (4, 2)


def test_task_for_a_regrade_that_is_gone_does_nothing() -> None:
    assert not tasks.advance_regrade("00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize("name", ["carry_out", "list_papers", "next_lines", "finish"])
def test_regrade_killed_anywhere_resumes_to_the_same_results(
    name: str, version: ExamVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 17. After each transaction; what dies inside one has done nothing (see `tests/chaos`)."""
    attempts = [make_sat(first, RIGHT, now=now) for first in (RIGHT, CORRECTED, WRONG)]
    regrade = make_approved(version, key_change(correct_key()), now=now)
    for calls in (0, 0, 1, 1, 2):
        with killed_after(monkeypatch, advancing, name, calls):
            try:
                advance_regrade(regrade=regrade, clock=lambda: now + LATER)
            except Killed:
                continue
    done = advance_regrade(regrade=regrade, clock=lambda: now + LATER)
    assert (done.status, done.finished_at) == (RegradeStatus.DONE, now + LATER)
    assert [stands(each) for each in attempts] == [(2, 4, False, 2), (4, 4, True, 2), (2, 4, False, 2)]
    assert Notice.objects.filter(source_key__startswith="result:").count() == 2


def test_line_and_result_are_one_transaction(
    version: ExamVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies between them has done neither."""
    attempt = make_sat(RIGHT, RIGHT, now=now)
    regrade = make_approved(version, key_change(correct_key()), now=now)
    with killed_after(monkeypatch, carrying, "_score_again", 0), pytest.raises(Killed), transaction.atomic():
        advance_regrade(regrade=regrade, clock=lambda: now + LATER)
    assert (attempt.results.count(), regrade.lines.filter(done_at=None).count()) == (1, 1)


def test_paper_that_cannot_be_scored_stops_no_other(
    version: ExamVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = make_sat(RIGHT, RIGHT, now=now), make_sat(CORRECTED, RIGHT, now=now)
    regrade = make_approved(version, key_change(correct_key()), now=now)
    score_again = carrying._score_again

    def fail(regrade: Regrade, attempt_id: Any, now: datetime) -> Any:
        if attempt_id == broken.pk:
            raise RuntimeError("broken")
        return score_again(regrade, attempt_id, now)

    with monkeypatch.context() as patched:
        patched.setattr(carrying, "_score_again", fail)
        half = advance_regrade(regrade=regrade, clock=lambda: now + LATER)
    assert (half.status, stands(sound)[0], stands(broken)[0]) == (RegradeStatus.RUNNING, 4, 4)
    assert progress_of(half) == (1, 2)
    assert advance_regrade(regrade=half, clock=lambda: now + LATER).status == RegradeStatus.DONE
    assert stands(broken)[0] == 2


def test_paper_handed_in_later_is_scored_on_the_terms_in_force(version: ExamVersion, now: datetime) -> None:
    open_attempt = make_attempt(make_person(), now=now, answered=True)
    regrade = make_done(version, DROP, now=now)
    assert regrade.lines.get(attempt=open_attempt).result is None
    submit_attempt(attempt_id=open_attempt.pk, by=open_attempt.person, now=now + timedelta(minutes=5))
    assert stands(open_attempt) == (2, 2, True, 1)
    assert open_attempt.results.get().correction == regrade.correction
    begun_later = make_sat(WRONG, RIGHT, now=now + LATER)
    assert stands(begun_later) == (2, 2, True, 1)


def test_sitting_begun_between_listing_and_commit_is_found_when_it_is_carried_out(
    version: ExamVersion, now: datetime
) -> None:
    regrade = make_approved(version, DROP, now=now)
    attempt = make_sat(WRONG, RIGHT, now=now)
    RegradeLine.objects.filter(attempt=attempt).delete()
    advance_regrade(regrade=regrade, clock=lambda: now + LATER)
    assert regrade.lines.get().attempt == attempt


def test_newest_result_is_what_scoring_from_scratch_gives(version: ExamVersion, now: datetime) -> None:
    attempts = [make_sat(first, second, now=now) for first in ("o1", "o2", "o3") for second in ("o2", None)]
    for changes in (
        [key_change(correct_key())],
        [DOUBLED],
        [DROP],
        [{"kind": "void", "item": 1, "how": "count"}, {"kind": "pass", "percent": "30"}],
    ):
        make_done(version, *changes, now=now)
        for attempt in attempts:
            scratch, newest = from_scratch(attempt), attempt.results.order_by("-number")[0]
            for name in ("items", "parts", "points", "max_points", "complete", "passed"):
                assert getattr(newest, name) == getattr(scratch, name)


# --- the sweeper --------------------------------------------------------------------------------------------------


def test_sweeper_finds_what_stands_still_once(version: ExamVersion, now: datetime) -> None:
    regrade = make_approved(version, DROP, now=now)
    at = regrade.touched_at
    assert due_regrades(now=at + STANDS_STILL - timedelta(seconds=1)) == []
    assert due_regrades(now=at + STANDS_STILL) == [regrade.pk]
    assert due_regrades(now=at + STANDS_STILL) == []


def test_approval_hands_the_regrade_to_a_worker_after_its_commit(
    version: ExamVersion,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.advance_regrade, "delay", sent.append)
    author: Person = make_author()
    with django_capture_on_commit_callbacks(execute=True):
        regrade = make_approved(version, DROP, now=now, by=author)
    assert sent == [str(regrade.pk)] * 2  # the dry run, and carrying out
