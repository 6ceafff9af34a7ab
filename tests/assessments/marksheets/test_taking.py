"""Taking a file of marks: once, whole papers at a time, whatever happens in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.marking.completing import complete_marked
from assessments.marking.leasing import hold_script
from assessments.marking.plans import PlanTerms, set_plan
from assessments.marking.recording import record_mark
from assessments.marking.scripts import closed_because, read_script
from assessments.marking.settling import Round
from assessments.marksheets import advancing
from assessments.marksheets.advancing import advance, due_sheets, take_sheet
from assessments.marksheets.staging import forget_sheet, take_marks
from assessments.models import (
    Attempt,
    AttemptStatus,
    ExamVersion,
    ImportStatus,
    Mark,
    MarkingLease,
    MarkSheet,
    Result,
)
from assessments.rechecks.settling import NewMarks, settle_recheck
from assessments.results.rescoring import Reason, rescore_attempt
from competencies.models import Evidence
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.grants import open_grant
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.marksheets.making import fates, make_papers, make_sheet, make_taken, text_table
from tests.assessments.rechecks.making import REPLY, make_granted
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(version: ExamVersion, now: datetime) -> list[Attempt]:
    return make_papers(3, now=now)


def table(papers: list[Attempt], points: Any = 1, slots: tuple[int, ...] = (1, 2)) -> bytes:
    """Question by question, as people mark."""
    return text_table([[each.candidate_number, slot, points, ""] for slot in slots for each in papers])


def everything() -> dict[str, Any]:
    """What must be the same whether a worker was killed or not."""
    return {
        "marks": sorted(
            (str(mark.answer.attempt_id), mark.answer.slot, str(mark.points), mark.imported)
            for mark in Mark.objects.select_related("answer")
        ),
        "results": sorted(Result.objects.values_list("attempt__pk", "number", "points", "complete")),
        "evidence": Evidence.objects.count(),
        "notices": Notice.objects.filter(source_key__startswith="result:").count(),
        "audit": AuditEntry.objects.filter(action="answer.mark_imported").count(),
        "complete": Attempt.objects.filter(status=AttemptStatus.COMPLETE).count(),
    }


def test_marks_are_taken_and_results_go_out(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    sheet = make_taken(table(papers, "1.5", slots=(2,)), version=version, by=bringer, now=now)
    assert (sheet.status, sheet.taken_count) == (ImportStatus.DONE, 3)
    assert {(mark.imported, mark.marked_by_id, mark.points) for mark in Mark.objects.all()} == {
        (True, bringer.pk, Decimal("1.5"))
    }
    for paper in papers:
        paper.refresh_from_db()
        newest = paper.results.latest("number")
        assert (paper.status, newest.points, newest.complete) == (
            AttemptStatus.COMPLETE,
            Decimal("3.5"),
            True,
        )
    assert Evidence.objects.count() == 3
    assert AuditEntry.objects.filter(action="answer.mark_imported").count() == 3


def test_paper_is_taken_whole_before_its_result_goes_out(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    """The written answer stands first in the file; the marks for the other one are not too late."""
    sheet = make_taken(table(papers, "0.5", slots=(2, 1)), version=version, by=bringer, now=now)
    assert fates(sheet) == [(row, "new") for row in range(2, 8)]
    assert {each.results.latest("number").points for each in papers} == {Decimal(1)}


def test_unmarked_rest_waits_for_markers(version: ExamVersion, bringer: Person, now: datetime) -> None:
    two = make_exam("two", types=("short_answer", "short_answer"))
    paper = make_papers(1, key="two", now=now)[0]
    make_taken(text_table([[paper.candidate_number, 1, 2]]), version=two, by=bringer, now=now)
    paper.refresh_from_db()
    assert (paper.status, paper.results.count()) == (AttemptStatus.MARKING, 1)


def test_same_file_again_is_already_in(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    content = table(papers)
    make_taken(content, version=version, by=bringer, now=now)
    before = everything()
    again = make_sheet(content, version=version, by=bringer, now=now)
    assert fates(again) == [(row, "same") for row in range(2, 8)]
    with pytest.raises(Refusal) as refused:
        take_marks(sheet=again, by=bringer, now=now)
    assert (refused.value.code, everything()) == ("nothing", before)


def test_same_file_read_twice_before_it_is_taken_goes_in_once(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    first, second = (make_sheet(table(papers), version=version, by=bringer, now=now) for _time in range(2))
    for sheet in (first, second):
        advance(sheet=take_marks(sheet=sheet, by=bringer, now=now), clock=lambda: now)
    second.refresh_from_db()
    assert (Mark.objects.count(), second.status, second.taken_count) == (6, ImportStatus.DONE, 0)
    assert {fate for _row, fate in fates(second)} == {"same"}


def test_corrected_file_changes_imported_marks_until_the_result_is_out(
    version: ExamVersion, bringer: Person, now: datetime
) -> None:
    two = make_exam("two", types=("short_answer", "short_answer"))
    paper = make_papers(1, key="two", now=now)[0]
    make_taken(text_table([[paper.candidate_number, 1, 2]]), version=two, by=bringer, now=now)
    rows = [[paper.candidate_number, 1, 1], [paper.candidate_number, 2, 1]]
    sheet = make_taken(text_table(rows), version=two, by=bringer, now=now)
    assert fates(sheet) == [(2, "changed"), (3, "new")]
    assert paper.results.latest("number").points == Decimal(2)
    late = make_sheet(text_table([[paper.candidate_number, 1, 2]]), version=two, by=bringer, now=now)
    assert fates(late) == [(2, "skipped")]


def test_what_a_marker_gives_meanwhile_stays(
    version: ExamVersion, bringer: Person, examiner: Person, now: datetime
) -> None:
    two = make_exam("two", types=("short_answer", "short_answer"))
    paper = make_papers(1, key="two", now=now)[0]
    sheet = make_sheet(table([paper], 2), version=two, by=bringer, now=now)
    record_mark(attempt=paper, slot=1, marks={"c1": "1"}, comment="", by=examiner, now=now)
    sheet = advance(sheet=take_marks(sheet=sheet, by=bringer, now=now), clock=lambda: now)
    assert fates(sheet) == [(2, "skipped"), (3, "new")]
    assert sheet.taken_count == 1
    assert paper.results.latest("number").points == Decimal(3)


def test_marker_does_not_overwrite_an_imported_mark(
    version: ExamVersion, bringer: Person, examiner: Person, now: datetime
) -> None:
    two = make_exam("two", types=("short_answer", "short_answer"))
    paper = make_papers(1, key="two", now=now)[0]
    make_taken(text_table([[paper.candidate_number, 1, "1.5"]]), version=two, by=bringer, now=now)
    with pytest.raises(Refusal, match="这道题的分数已由文件导入") as refused:
        record_mark(attempt=paper, slot=1, marks={"c1": "2"}, comment="", by=examiner, now=now)
    assert refused.value.code == "marked"
    assert Mark.objects.filter(imported=False).count() == 0


def test_script_in_hand_is_taken_out_of_it(
    version: ExamVersion, bringer: Person, examiner: Person, papers: list[Attempt], now: datetime
) -> None:
    answer = papers[0].answers.get(slot=2)
    hold_script(answer=answer, round=Round.FIRST, marker=examiner, now=now)
    make_taken(table(papers, slots=(2,)), version=version, by=bringer, now=now)
    assert MarkingLease.objects.count() == 0
    answer.attempt.refresh_from_db()
    script = read_script(examiner, answer, at=now)
    assert closed_because(script.closed).text == (
        "阅卷期间，这份答卷的分数已由文件导入。这里不用再做什么，请评下一份。"
    )


def test_imported_mark_outlives_a_rescoring(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    make_taken(table(papers, "0.25"), version=version, by=bringer, now=now)
    result = rescore_attempt(attempt=papers[0], reason=Reason.QUESTION, by=None, now=now)
    assert (result.number, result.points) == (2, Decimal("0.5"))


def test_recheck_may_change_imported_marks_of_any_question(
    papers: list[Attempt], version: ExamVersion, bringer: Person, examiner: Person, now: datetime
) -> None:
    make_taken(table(papers, "0.5"), version=version, by=bringer, now=now)
    paper = papers[0]
    paper.refresh_from_db()
    recheck = make_granted(paper, by=make_person(roles=(Role.ADMINISTRATOR,)), marker=examiner, now=now)
    judged = {1: NewMarks(points=Decimal(2)), 2: NewMarks(marks={"c1": Decimal("1.5")})}
    settle_recheck(recheck=recheck, judged=judged, reply=REPLY, by=examiner, now=now)
    assert paper.results.latest("number").points == Decimal("3.5")


def test_who_brought_the_marks_never_rechecks_them(
    papers: list[Attempt], version: ExamVersion, now: datetime
) -> None:
    both = make_person(roles=(Role.EXAMINER,))
    make_taken(table(papers), version=version, by=both, now=now)
    papers[0].refresh_from_db()
    with pytest.raises(Refusal) as refused:
        make_granted(papers[0], by=make_person(roles=(Role.ADMINISTRATOR,)), marker=both, now=now)
    assert refused.value.code == "marker"


def test_results_wait_as_long_as_marks_can_be_taken_back(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    set_plan(exam_key="base", terms=PlanTerms(undo_minutes=30), by=bringer, now=now)
    make_taken(table(papers), version=version, by=bringer, now=now)
    assert Attempt.objects.filter(status=AttemptStatus.COMPLETE).count() == 0
    assert complete_marked(now=now + timedelta(minutes=31)) == 3


def test_marks_for_somebody_who_went_out_of_reach_are_skipped(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    sheet = make_sheet(table(papers, slots=(2,)), version=version, by=bringer, now=now)
    open_grant(viewer=bringer, subject=papers[1].person, kind="mentor", reason="师徒", now=now)
    sheet = advance(sheet=take_marks(sheet=sheet, by=bringer, now=now), clock=lambda: now)
    assert (fates(sheet), sheet.taken_count) == ([(2, "new"), (3, "skipped"), (4, "new")], 2)
    assert sheet.lines.get(number=3).reason == "你已经不能导入这位考生的成绩。"


def test_only_who_brought_it_takes_it(
    papers: list[Attempt], version: ExamVersion, bringer: Person, examiner: Person, now: datetime
) -> None:
    sheet = make_sheet(table(papers), version=version, by=bringer, now=now)
    with pytest.raises(Refusal):
        take_marks(sheet=sheet, by=examiner, now=now)
    with pytest.raises(NotAllowed):
        take_marks(sheet=sheet, by=make_person(), now=now)
    sheet.refresh_from_db()
    assert sheet.status == ImportStatus.READ


def test_taking_twice_is_taking_once(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    sheet = make_taken(table(papers), version=version, by=bringer, now=now)
    before = everything()
    assert take_marks(sheet=sheet, by=bringer, now=now).status == ImportStatus.DONE
    for _time in range(5):  # row 37
        take_sheet(sheet=sheet, clock=lambda: now)
    assert everything() == before
    assert AuditEntry.objects.filter(action="mark_sheet.begun").count() == 1


def test_file_is_not_forgotten_while_it_is_taken(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    sheet = take_marks(
        sheet=make_sheet(table(papers), version=version, by=bringer, now=now), by=bringer, now=now
    )
    with pytest.raises(Refusal):
        forget_sheet(sheet=sheet, by=bringer, now=now)
    done = advance(sheet=sheet, clock=lambda: now)
    forget_sheet(sheet=done, by=bringer, now=now)
    assert (MarkSheet.objects.count(), Mark.objects.count()) == (0, 6)


class Killed(BaseException):
    """A worker that is gone in the middle of its work."""


@pytest.mark.parametrize("life", range(1, 7))
def test_killed_taking_resumes_to_the_same_end(
    life: int,
    papers: list[Attempt],
    version: ExamVersion,
    bringer: Person,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Row 33: a worker dies at every mark in turn; nothing is lost, nothing is there twice."""
    monkeypatch.setattr(advancing, "PAPERS", 1)
    sheet = take_marks(
        sheet=make_sheet(table(papers, "0.5"), version=version, by=bringer, now=now), by=bringer, now=now
    )
    save, calls = Mark.save, []

    def failing(mark: Mark, **options: Any) -> None:
        save(mark, **options)
        calls.append(mark)
        if len(calls) == life:
            raise Killed

    monkeypatch.setattr(Mark, "save", failing)
    with pytest.raises(Killed):
        take_sheet(sheet=sheet, clock=lambda: now)
    sheet.refresh_from_db()
    assert sheet.status == ImportStatus.TAKING
    assert Mark.objects.count() == sheet.taken_count == (life - 1) // 2 * 2
    later = now + timedelta(minutes=3)
    assert due_sheets(now=later) == [sheet.pk]
    done = take_sheet(sheet=sheet, clock=lambda: now)
    assert (done.status, done.taken_count) == (ImportStatus.DONE, 6)
    assert {each.results.latest("number").points for each in papers} == {Decimal(1)}
    found = everything()
    assert [found[name] for name in ("evidence", "notices", "audit", "complete")] == [3, 3, 6, 3]
    assert len(found["marks"]) == 6


def test_another_candidate_submits_meanwhile(
    papers: list[Attempt], version: ExamVersion, bringer: Person, now: datetime
) -> None:
    """A paper that was handed in after the file was read is not in it and stays as it is."""
    sheet = make_sheet(table(papers), version=version, by=bringer, now=now)
    late = make_submitted(make_person(), now=now)
    advance(sheet=take_marks(sheet=sheet, by=bringer, now=now), clock=lambda: now)
    late.refresh_from_db()
    assert late.status == AttemptStatus.MARKING
