"""Reading a file of marks: every row with its fate; a bad one names its cell and says what is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from assessments.attempts import start_attempt
from assessments.marking.recording import record_mark
from assessments.marksheets import advancing
from assessments.marksheets.advancing import advance, due_sheets, read_sheet
from assessments.marksheets.staging import MOST_BYTES, forget_sheet, upload_marks
from assessments.models import Attempt, AttemptStatus, ExamVersion, ImportStatus, Mark, MarkLine, MarkSheet
from core import private_files
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.grants import open_grant
from people.models import Person, Role
from people.roles import grant_role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.marksheets.making import (
    HEADS,
    fates,
    make_papers,
    make_sheet,
    said,
    staff_number,
    text_table,
    workbook,
)
from tests.factories import LONG_AGO, LONG_AGO_AT, make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(version: ExamVersion, now: datetime) -> Attempt:
    return make_papers(1, now=now)[0]


def make_twin(paper: Attempt, pk: UUID, person: Person) -> Attempt:
    """Another paper of the same exam that waits for marks, under an id of our choice."""
    twin = Attempt.objects.create(
        pk=pk,
        person=person,
        exam_version=paper.exam_version,
        exam_key=paper.exam_key,
        seed="1",
        status=AttemptStatus.MARKING,
        started_at=paper.started_at,
        deadline_at=paper.deadline_at,
        submitted_at=paper.submitted_at,
    )
    for answer in paper.answers.all():
        twin.answers.create(slot=answer.slot, item_id=answer.item_id)
    return twin


def one(paper: Attempt, points: Any, slot: Any = 2, comment: str = "") -> bytes:
    return text_table([[paper.candidate_number, slot, points, comment]])


def test_row_becomes_a_line_with_its_marks(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    sheet = make_sheet(one(paper, "1.5", comment="答到两点"), version=version, by=bringer, now=now)
    assert (sheet.status, sheet.read_count) == (ImportStatus.READ, 1)
    line = sheet.lines.get()
    assert (line.number, line.fate, line.cell, line.reason) == (2, "new", "", "")
    assert (line.answer, line.points, line.comment) == (paper.answers.get(slot=2), Decimal("1.5"), "答到两点")
    assert Mark.objects.count() == 0


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "xlsx"])
def test_file_is_read_in_every_form_it_comes_in(
    kind: str, paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    rows = [[paper.candidate_number, 2, 1.5, "写得清楚"]]
    content = workbook(rows) if kind == "xlsx" else text_table(rows, encoding=kind)
    sheet = make_sheet(content, version=version, by=bringer, now=now)
    assert sheet.lines.values_list("fate", "points", "comment").get() == ("new", Decimal("1.5"), "写得清楚")


def test_paper_is_found_by_staff_number(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    content = text_table([[staff_number(paper), 2, 1]], heads=("工号", "题号", "得分"))
    assert fates(make_sheet(content, version=version, by=bringer, now=now)) == [(2, "new")]


def test_question_of_any_type_takes_marks(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    assert fates(make_sheet(one(paper, 0.5, slot=1), version=version, by=bringer, now=now)) == [(2, "new")]


@pytest.mark.parametrize(
    ("cells", "cell", "reason"),
    [
        ({"考生号": "ABCDEF0"}, "A2", "本次考试里没有你可以导入成绩的考生使用这个考生号。"),
        ({"考生号": "第一位"}, "A2", "本次考试里没有你可以导入成绩的考生使用这个考生号。"),
        ({"考生号": "1.2E+10"}, "A2", "这个考生号被表格软件当成了算式。请把该列设为文本后重新填写。"),
        ({"考生号": ""}, "A2", "请在这里填写考生号，或者在旁边填写工号。"),
        ({"题号": "3"}, "B2", "考生 %s 的试卷没有第“3”题。"),
        ({"题号": ""}, "B2", "考生 %s 的试卷没有第“—”题。"),
        ({"题号": "二"}, "B2", "考生 %s 的试卷没有第“二”题。"),
        ({"得分": ""}, "C2", "这里没有填写得分；零分请填 0。"),
        ({"得分": "2.5"}, "C2", "请填写 0 到 2 的数，而不是“2.5”。"),
        ({"得分": "-1"}, "C2", "请填写 0 到 2 的数，而不是“-1”。"),
        ({"得分": "缺考"}, "C2", "请填写 0 到 2 的数，而不是“缺考”。"),
        ({"得分": "NaN"}, "C2", "请填写 0 到 2 的数，而不是“NaN”。"),
        ({"得分": "0.005"}, "C2", "最多两位小数。"),
        ({"得分": "=1+1"}, "C2", "请填写 0 到 2 的数，而不是“=1+1”。"),
        ({"评语": "很" * 2_001}, "D2", "评语超过 2000 字。"),
    ],
)
def test_bad_row_names_its_cell_and_says_what_is_wrong(
    cells: dict[str, str],
    cell: str,
    reason: str,
    paper: Attempt,
    version: ExamVersion,
    bringer: Person,
    now: datetime,
) -> None:
    good = {"考生号": paper.candidate_number, "题号": "2", "得分": "1", "评语": ""}
    content = text_table([{**good, **cells}.values()])
    reason = reason.replace("%s", paper.candidate_number)
    assert said(make_sheet(content, version=version, by=bringer, now=now)) == {cell: reason}


def test_bad_row_of_a_known_answer_keeps_it(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    heads = ("考生号", "题号", "题目编号", "得分")
    rows = [[paper.candidate_number, 2, "", 9], [paper.candidate_number, 2, "base-1", 1]]
    sheet = make_sheet(text_table(rows, heads=heads), version=version, by=bringer, now=now)
    assert fates(sheet) == [(2, "skipped"), (3, "skipped")]
    assert {line.answer for line in sheet.lines.all()} == {paper.answers.get(slot=2)}


ANONYMOUS = "本次考试匿名阅卷：请填写考生号，不要填写工号。"
STAFF_HEADS = ("考生号", "工号", "题号", "得分")


def test_examiner_learns_nothing_from_staff_numbers_where_marking_is_anonymous(
    version: ExamVersion, examiner: Person, now: datetime
) -> None:
    """Neither whose number it is, nor whether a guess is right, nor who sat."""
    paper, other = make_papers(2, now=now)
    rows = [
        ["", staff_number(paper), 2, 1],
        ["", "2026-9999", 2, 1],
        [paper.candidate_number, staff_number(paper), 2, 1],
        [paper.candidate_number, staff_number(other), 2, 1],
        [paper.candidate_number, "", 2, 1],
    ]
    sheet = make_sheet(text_table(rows, heads=STAFF_HEADS), version=version, by=examiner, now=now)
    assert said(sheet) == {f"B{row}": ANONYMOUS for row in range(2, 6)}
    assert [line.answer_id is None for line in sheet.lines.order_by("number")] == [True] * 4 + [False]


def test_who_administers_some_names_only_those(version: ExamVersion, now: datetime) -> None:
    district = make_organisation()
    near = make_organisation("QH-01", district)
    both = make_person(organisation=near, roles=(Role.ADMINISTRATOR,))
    grant_role(
        person=both, role=Role.EXAMINER, organisation=district, since_on=LONG_AGO, by=None, now=LONG_AGO_AT
    )
    own = make_submitted(make_person(organisation=near), now=now)
    far = make_submitted(make_person(organisation=make_organisation("QH-02", district)), now=now)
    rows = [["", staff_number(each), 2, 1] for each in (own, far)]
    rows += [[far.candidate_number, staff_number(each), 2, 1] for each in (own, far)]
    sheet = make_sheet(text_table(rows, heads=STAFF_HEADS), version=version, by=both, now=now)
    assert fates(sheet) == [(2, "new"), *((row, "skipped") for row in (3, 4, 5))]
    assert said(sheet) == {"B3": said(sheet)["B3"], "B4": ANONYMOUS, "B5": ANONYMOUS}


def test_examiner_names_candidates_of_an_exam_that_is_marked_with_names(
    examiner: Person, now: datetime
) -> None:
    named = make_exam("named", types=("short_answer",), anonymous_marking=False)
    paper = make_papers(1, key="named", now=now)[0]
    content = text_table([[staff_number(paper), 1, 1]], heads=("工号", "题号", "得分"))
    assert fates(make_sheet(content, version=named, by=examiner, now=now)) == [(2, "new")]


def test_junk_that_is_called_a_workbook_is_none(version: ExamVersion, bringer: Person, now: datetime) -> None:
    sheet = make_sheet(b"\x00\x01junk", version=version, by=bringer, now=now, name="成绩.XLSX")
    assert (sheet.status, sheet.problem) == (ImportStatus.REFUSED, "这不是 Excel 工作簿（.xlsx）。")


def test_numbers_are_read_as_people_type_them(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    content = text_table([[paper.candidate_number.lower(), "２", "１.５", ""]])
    assert make_sheet(content, version=version, by=bringer, now=now).lines.get().points == Decimal("1.5")


def test_zeros_that_a_spreadsheet_took_away_are_put_back(
    version: ExamVersion, bringer: Person, now: datetime
) -> None:
    paper = make_papers(1, now=now)[0]
    twin = make_twin(paper, UUID("00123400000040008000000000000000"), make_person())
    content = text_table([[1234, 2, 1, ""]])
    sheet = make_sheet(content, version=version, by=bringer, now=now)
    assert sheet.lines.get().answer == twin.answers.get(slot=2)


def test_number_that_two_papers_have_needs_more(version: ExamVersion, bringer: Person, now: datetime) -> None:
    paper = make_papers(1, now=now)[0]
    pair = [make_twin(paper, UUID(f"ABCDEF0000004000800000000000000{end}"), make_person()) for end in "12"]
    heads = ("考生号", "工号", "题号", "得分")
    rows = [["ABCDEF", "", 1, 1], ["ABCDEF", staff_number(pair[1]), 1, 1], ["ABCDEF", "2026-9999", 1, 1]]
    rows.append([pair[0].pk.hex, "", 1, 1])
    sheet = make_sheet(text_table(rows, heads=heads), version=version, by=bringer, now=now)
    assert said(sheet) == {
        "A2": "有几份试卷都是这个考生号：请在旁边填写工号。",
        "B4": "这个考生号的试卷是另一个人的。",
    }
    taken = sheet.lines.filter(fate="new").order_by("number").values_list("answer__attempt", flat=True)
    assert list(taken) == [pair[1].pk, pair[0].pk]


def test_person_with_several_papers_is_asked_for_the_number(
    version: ExamVersion, bringer: Person, now: datetime
) -> None:
    first = make_papers(1, now=now)[0]
    make_twin(first, UUID(int=5), first.person)
    content = text_table([[staff_number(first), 2, 1]], heads=("工号", "题号", "得分"))
    assert said(make_sheet(content, version=version, by=bringer, now=now)) == {
        "A2": "这个人有几份试卷：请填写考生号。"
    }


def test_key_of_another_question_is_caught(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    heads = ("考生号", "题号", "题目编号", "得分")
    rows = [[paper.candidate_number, 2, "base-2", 1], [paper.candidate_number, 1, "base-2", 1]]
    sheet = make_sheet(text_table(rows, heads=heads), version=version, by=bringer, now=now)
    assert fates(sheet) == [(2, "new"), (3, "skipped")]
    assert said(sheet) == {"C3": "这份试卷的第 1 题是 base-1，请核对题号。"}


def test_second_row_for_an_answer_is_skipped(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    content = text_table([[paper.candidate_number, 2, 1], [paper.candidate_number, 2, 2]])
    sheet = make_sheet(content, version=version, by=bringer, now=now)
    assert fates(sheet) == [(2, "new"), (3, "skipped")]
    assert sheet.lines.get(number=3).reason == "第 2 行已经给出这道题的得分。"


def test_second_row_is_found_in_a_later_portion_too(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advancing, "PORTION", 1)
    content = text_table([[paper.candidate_number, 2, 1], [paper.candidate_number, 2, 1]])
    assert fates(make_sheet(content, version=version, by=bringer, now=now)) == [(2, "new"), (3, "skipped")]


def test_criteria_add_up(version: ExamVersion, bringer: Person, now: datetime) -> None:
    case = make_exam("case", types=("case_analysis",))
    papers = make_papers(6, key="case", now=now)
    heads = ("考生号", "题号", "评分点1", "评分点2", "扣分", "得分", "评分点3")
    rows: list[list[Any]] = [
        [1, 0.5, "", "", ""],
        [1, 1, 0.5, 1.5, ""],
        [1, 0.5, "", 2, ""],
        [1, "", "", 1, ""],
        [1, 1, "", "", 1],
        ["", "", 1, 2, ""],
    ]
    content = text_table(
        [[paper.candidate_number, 1, *row] for paper, row in zip(papers, rows, strict=True)], heads
    )
    sheet = make_sheet(content, version=case, by=bringer, now=now)
    assert list(sheet.lines.filter(fate="new").order_by("number").values_list("points", "marks")) == [
        (Decimal("1.5"), {"c1": "1", "c2": "0.5", "penalty": "0"}),
        (Decimal("1.5"), {"c1": "1", "c2": "1", "penalty": "0.5"}),
    ]
    assert said(sheet) == {
        "F4": "各评分点合计 1.5 分，不是 2 分。",
        "D5": "这里没有填写得分；零分请填 0。",
        "G6": "这道题只有 2 个评分点。",
        "E7": "扣分要与各评分点的得分一起填写，或者直接从得分里扣除。",
    }


def test_criteria_of_a_question_without_a_rubric_are_refused(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    content = text_table([[paper.candidate_number, 1, 1]], heads=("考生号", "题号", "评分点1"))
    assert said(make_sheet(content, version=version, by=bringer, now=now)) == {
        "C2": "这道题没有评分点：只填写得分。"
    }


def test_what_a_marker_gave_stays(
    paper: Attempt, version: ExamVersion, bringer: Person, examiner: Person, now: datetime
) -> None:
    make_exam("two", types=("short_answer", "short_answer"))
    both = make_papers(1, key="two", now=now)[0]
    record_mark(attempt=both, slot=1, marks={"c1": "1"}, comment="", by=examiner, now=now)
    content = text_table([[both.candidate_number, slot, 2] for slot in (1, 2)])
    sheet = make_sheet(content, version=both.exam_version, by=bringer, now=now)
    assert fates(sheet) == [(2, "skipped"), (3, "new")]
    assert sheet.lines.get(number=2).reason == "这道题已有阅卷人评分，以阅卷人的为准。"


def test_result_that_is_out_is_changed_by_no_file(
    paper: Attempt, version: ExamVersion, bringer: Person, examiner: Person, now: datetime
) -> None:
    record_mark(attempt=paper, slot=2, marks={"c1": "1"}, comment="", by=examiner, now=now)
    sheet = make_sheet(one(paper, 2, slot=1), version=version, by=bringer, now=now)
    assert sheet.lines.get().reason == "成绩已经公布，导入文件不能改变；考生可以申请成绩复核。"


def test_paper_that_is_still_written_waits(version: ExamVersion, bringer: Person, now: datetime) -> None:
    attempt = start_attempt(person=make_person(), exam_key="base", now=now)
    sheet = make_sheet(one(attempt, 1), version=version, by=bringer, now=now)
    assert sheet.lines.get().reason == "这份试卷还没有交卷。"


def test_papers_outside_ones_reach_are_unknown(version: ExamVersion, bringer: Person, now: datetime) -> None:
    elsewhere = make_organisation("QH-02", make_organisation())
    own = make_submitted(bringer, now=now)
    mentee = make_papers(1, now=now)[0]
    open_grant(viewer=bringer, subject=mentee.person, kind="mentor", reason="师徒", now=now)
    foreign = make_person(organisation=elsewhere, roles=(Role.ADMINISTRATOR,))
    other = make_papers(1, now=now)[0]
    content = text_table([[each.candidate_number, 2, 1] for each in (own, mentee, other)])
    assert fates(make_sheet(content, version=version, by=bringer, now=now)) == [
        (2, "skipped"),
        (3, "skipped"),
        (4, "new"),
    ]
    assert [fate for _row, fate in fates(make_sheet(content, version=version, by=foreign, now=now))] == [
        "skipped"
    ] * 3


def test_paper_of_another_release_is_unknown(version: ExamVersion, bringer: Person, now: datetime) -> None:
    paper = make_papers(1, now=now)[0]
    other = make_exam("other", types=("short_answer",))
    assert fates(make_sheet(one(paper, 1), version=other, by=bringer, now=now)) == [(2, "skipped")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"PK broken", "Excel"),
        (
            "姓名,分数\n甲,1\n".encode(),
            "第一行要写列名，还缺：考生号（或 工号）、题号、得分。请用我们的模板。",
        ),
        (text_table([]), "文件里没有成绩。请在表头下面一行填写一条。"),
        (b"\xff\xfe\xfd\xff\xff", "UTF-8"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_the_reason(
    content: bytes, problem: str, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    sheet = make_sheet(content, version=version, by=bringer, now=now)
    assert sheet.status == ImportStatus.REFUSED
    assert problem in sheet.problem


def test_blank_rows_count_for_nothing(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    content = text_table([[], ["", "", "", ""], [paper.candidate_number, 2, 1]])
    sheet = make_sheet(content, version=version, by=bringer, now=now)
    assert (fates(sheet), sheet.read_count) == ([(4, "new")], 1)


def test_only_those_who_administer_or_examine_bring_marks(version: ExamVersion, now: datetime) -> None:
    for person in (make_person(), make_person(roles=(Role.AUTHOR,)), make_person(roles=(Role.INVIGILATOR,))):
        with pytest.raises(NotAllowed):
            upload_marks(version=version, content=b"x", name="a.csv", by=person, now=now)


@pytest.mark.parametrize(("content", "code"), [(b" \n", "empty"), (b"x" * (MOST_BYTES + 1), "large")])
def test_empty_and_enormous_files_are_refused(
    content: bytes, code: str, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    with pytest.raises(Refusal) as refused:
        upload_marks(version=version, content=content, name="a.csv", by=bringer, now=now)
    assert (refused.value.code, MarkSheet.objects.count()) == (code, 0)


class Killed(BaseException):
    """A worker that is gone in the middle of its work."""


def test_killed_reading_goes_on_where_it_was(
    version: ExamVersion, bringer: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advancing, "PORTION", 2)
    papers = make_papers(3, now=now)
    rows = [[paper.candidate_number, slot, 1] for slot in (1, 2) for paper in papers]
    sheet = upload_marks(version=version, content=text_table(rows), name="a.csv", by=bringer, now=now)
    bulk_create, calls = type(MarkLine.objects).bulk_create, []

    def failing(manager: Any, lines: Any, **options: Any) -> Any:
        made = bulk_create(manager, lines, **options)
        calls.append(len(lines))
        if len(calls) == 2:
            raise Killed
        return made

    monkeypatch.setattr(type(MarkLine.objects), "bulk_create", failing)
    with pytest.raises(Killed):
        read_sheet(sheet=sheet, clock=lambda: now)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.read_count, sheet.lines.count()) == (ImportStatus.READING, 2, 2)
    assert due_sheets(now=now + timedelta(minutes=3)) == [sheet.pk]
    assert due_sheets(now=now + timedelta(minutes=3)) == []
    done = advance(sheet=sheet, clock=lambda: now)
    assert (done.status, done.read_count) == (ImportStatus.READ, 6)
    assert fates(done) == [(row, "new") for row in range(2, 8)]


def test_reading_twice_is_reading_once(
    paper: Attempt, version: ExamVersion, bringer: Person, now: datetime
) -> None:
    sheet = make_sheet(one(paper, 1), version=version, by=bringer, now=now)
    read_sheet(sheet=sheet, clock=lambda: now)
    assert sheet.lines.count() == 1


def test_forgetting_erases_lines_and_file(
    paper: Attempt,
    version: ExamVersion,
    bringer: Person,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    sheet = make_sheet(one(paper, 1), version=version, by=bringer, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        forget_sheet(sheet=sheet, by=make_person(roles=(Role.EXAMINER,)), now=now)
    assert MarkSheet.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        forget_sheet(sheet=sheet, by=bringer, now=now)
    assert (MarkSheet.objects.count(), MarkLine.objects.count()) == (0, 0)
    assert not private_files.storage().exists(sheet.path)
    assert AuditEntry.objects.filter(action="mark_sheet.forgotten").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_portion_costs_the_same_however_many_rows_it_has(
    count: int, version: ExamVersion, bringer: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    rows = [[paper.candidate_number, 2, 1] for paper in make_papers(count, now=now)]
    sheet = upload_marks(version=version, content=text_table(rows, HEADS), name="a.csv", by=bringer, now=now)
    with django_assert_num_queries(16):
        read_sheet(sheet=sheet, clock=lambda: now)
