"""成绩导入 in the editor's admin: template, upload, every row with its fate, taking, and the file given back."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessments.marksheets.advancing import advance
from assessments.models import Attempt, AttemptStatus, ExamVersion, ImportStatus, Mark, MarkSheet
from people.models import Person, Role
from tests.assessments.making import make_exam, open_admin
from tests.assessments.marksheets.making import make_papers, make_sheet, make_taken, text_table, workbook
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
INDEX = "/admin/marks/"


@pytest.fixture(autouse=True)
def _open(db: Any, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    open_admin()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def papers(version: ExamVersion, now: datetime) -> list[Attempt]:
    return make_papers(2, now=now)


@pytest.fixture
def admin(bringer: Person, login: Any) -> Client:
    return login(bringer)


def exam(version: ExamVersion) -> str:
    return reverse("mark_sheets_exam", args=[version.pk])


def sheet_page(sheet: MarkSheet) -> str:
    return reverse("mark_sheet", args=[sheet.pk])


def downloaded(admin: Client, url: str) -> list[list[Any]]:
    """The rows of a workbook."""
    answer = admin.get(url)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    return [[cell.value for cell in row] for row in first_sheet(answer).iter_rows()]


def first_sheet(answer: Any) -> Any:
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return book[book.sheetnames[0]]


def upload(admin: Client, version: ExamVersion, content: bytes, name: str = "成绩.xlsx") -> Any:
    return admin.post(exam(version), {"file": SimpleUploadedFile(name, content)})


def test_template_is_filled_in_uploaded_looked_at_and_taken(
    admin: Client, version: ExamVersion, papers: list[Attempt], now: datetime
) -> None:
    assert "考试base" in admin.get(INDEX).content.decode()
    heads, *rows = downloaded(admin, reverse("mark_sheet_template", args=[version.pk]))
    assert heads == [
        "考生号",
        "工号",
        "姓名",
        "题号",
        "题目编号",
        "题型",
        "满分",
        "评分点1",
        "扣分",
        "得分",
        "评语",
    ]
    assert sorted(row[0] for row in rows) == sorted(each.candidate_number for each in papers)
    assert {tuple(row[3:7]) for row in rows} == {("2", "base-2", "简答题", "2")}
    filled = workbook([[*row[:9], 1.5, "答到要点"] for row in rows], heads)
    response = upload(admin, version, filled)
    assert response.status_code == 302
    sheet = advance(sheet=MarkSheet.objects.get())
    page = admin.get(response["Location"]).content.decode()
    assert ("2 行可以导入" in page, "导入 2 条成绩" in page, Mark.objects.count()) == (True, True, 0)
    assert admin.post(sheet_page(sheet), {"action": "take"}).status_code == 302
    assert admin.post(sheet_page(sheet), {"action": "take"}).status_code == 302
    advance(sheet=sheet)
    assert "已导入 2 条成绩" in admin.get(sheet_page(sheet)).content.decode()
    assert set(Attempt.objects.values_list("status", flat=True)) == {AttemptStatus.COMPLETE}


def test_names_stand_in_the_template_for_administrators_only(
    admin: Client, version: ExamVersion, papers: list[Attempt], examiner: Person, login: Any
) -> None:
    url = reverse("mark_sheet_template", args=[version.pk])
    assert all(row[1] and row[2] for row in downloaded(admin, url)[1:])
    heads, *rows = downloaded(login(examiner), url)
    assert (heads[:2], {"工号", "姓名"} & set(heads), len(rows)) == (["考生号", "题号"], set(), 2)
    assert "填写了工号的行不予导入" in login(examiner).get(exam(version)).content.decode()
    assert "也可以只填“工号”" in admin.get(exam(version)).content.decode()


def test_names_stand_there_where_an_exam_is_marked_with_names(
    examiner: Person, login: Any, now: datetime
) -> None:
    named = make_exam("named", types=("short_answer",), anonymous_marking=False)
    make_papers(1, key="named", now=now)
    rows = downloaded(login(examiner), reverse("mark_sheet_template", args=[named.pk]))
    assert all(rows[1][1:3])


def test_bad_rows_are_shown_with_their_cells_and_given_back(
    admin: Client, version: ExamVersion, papers: list[Attempt], bringer: Person, now: datetime
) -> None:
    rows = [[papers[0].candidate_number, 2, 1, "好"], [papers[1].candidate_number, 2, 9, '=HYPERLINK("x")']]
    sheet = make_sheet(text_table(rows), version=version, by=bringer, now=now)
    page = admin.get(sheet_page(sheet)).content.decode()
    for text in ("C3", "请填写 0 到 2 的数，而不是“9”。", papers[0].candidate_number, "1 行不能导入"):
        assert text in page
    only = admin.get(f"{sheet_page(sheet)}?fate=skipped").content.decode()
    assert papers[0].candidate_number not in only
    report = reverse("mark_sheet_report", args=[sheet.pk])
    whole = downloaded(admin, report)
    assert whole[0] == ["考生号", "题号", "得分", "评语", "结果", "原因"]
    assert whole[1][4:] == ["新分数", None]
    assert whole[2][3:] == ['=HYPERLINK("x")', "不能导入", "单元格 C3：请填写 0 到 2 的数，而不是“9”。"]
    assert downloaded(admin, f"{report}?only=skipped") == [whole[0], whole[2]]


def test_row_that_is_wrong_as_a_whole_says_which_row(
    admin: Client, version: ExamVersion, papers: list[Attempt], bringer: Person, now: datetime
) -> None:
    rows = [[papers[0].candidate_number, 2, 1], [papers[0].candidate_number, 2, 2]]
    sheet = make_sheet(text_table(rows), version=version, by=bringer, now=now)
    assert "<td>第 3 行</td>" in admin.get(sheet_page(sheet)).content.decode()
    whole = downloaded(admin, reverse("mark_sheet_report", args=[sheet.pk]))
    assert whole[2][-1] == "第 2 行已经给出这道题的得分。"


def test_file_whose_marks_are_all_in_says_so(
    admin: Client, version: ExamVersion, papers: list[Attempt], bringer: Person, now: datetime
) -> None:
    content = text_table([[each.candidate_number, 2, 1] for each in papers])
    make_taken(content, version=version, by=bringer, now=now)
    page = admin.get(sheet_page(make_sheet(content, version=version, by=bringer, now=now))).content.decode()
    assert ("这个文件里的分数都已在库中" in page, 'value="take"' in page) == (True, False)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_what_looks_like_a_formula_comes_back_as_text(
    text: str, admin: Client, version: ExamVersion, papers: list[Attempt], bringer: Person, now: datetime
) -> None:
    """Row 32."""
    rows = [[papers[0].candidate_number, 2, 1, text]]
    sheet = make_taken(text_table(rows), version=version, by=bringer, now=now)
    answer = admin.get(reverse("mark_sheet_report", args=[sheet.pk]))
    assert {cell.data_type for row in first_sheet(answer).iter_rows() for cell in row} <= {"s", "n"}


def test_file_given_back_can_be_corrected_and_brought_again(
    admin: Client, version: ExamVersion, papers: list[Attempt], bringer: Person, now: datetime
) -> None:
    rows = [[papers[0].candidate_number, 2, 1], [papers[1].candidate_number, 2, 9]]
    sheet = make_taken(text_table(rows), version=version, by=bringer, now=now)
    heads, *back = downloaded(admin, reverse("mark_sheet_report", args=[sheet.pk]))
    back[1][2] = "2"
    again = make_taken(workbook(back, heads), version=version, by=bringer, now=now)
    assert list(again.lines.order_by("number").values_list("fate", flat=True)) == ["same", "new"]
    assert Mark.objects.count() == 2
    assert downloaded(admin, reverse("mark_sheet_report", args=[again.pk]))[0] == heads


def test_progress_is_asked_for_until_there_is_something_to_see(
    admin: Client, version: ExamVersion, papers: list[Attempt]
) -> None:
    upload(admin, version, text_table([[papers[0].candidate_number, 2, 1]]), "a.csv")
    sheet = MarkSheet.objects.get()
    waiting = admin.get(sheet_page(sheet), headers={"HX-Request": "true"})
    assert "已读 0 行" in waiting.content.decode()
    advance(sheet=sheet)
    assert admin.get(sheet_page(sheet), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_refused_file_says_why_and_can_be_forgotten(admin: Client, version: ExamVersion, papers: Any) -> None:
    upload(admin, version, "姓名\n甲\n".encode(), "a.csv")
    sheet = advance(sheet=MarkSheet.objects.get())
    assert sheet.status == ImportStatus.REFUSED
    assert "还缺：考生号" in admin.get(sheet_page(sheet)).content.decode()
    assert admin.get(reverse("mark_sheet_report", args=[sheet.pk])).status_code == 404
    assert admin.post(sheet_page(sheet), {"action": "take"}).status_code == 302
    assert admin.post(sheet_page(sheet), {"action": "else"}).status_code == 404
    assert admin.post(sheet_page(sheet), {"action": "forget"}).status_code == 302
    assert MarkSheet.objects.count() == 0


def test_empty_upload_is_given_back(admin: Client, version: ExamVersion, papers: list[Attempt]) -> None:
    assert admin.post(exam(version), {}).status_code == 422
    assert upload(admin, version, b"  ").status_code == 422


def test_others_find_neither_exam_nor_file(
    version: ExamVersion, papers: list[Attempt], bringer: Person, examiner: Person, login: Any, now: datetime
) -> None:
    sheet = make_sheet(text_table([[papers[0].candidate_number, 2, 1]]), version=version, by=bringer, now=now)
    elsewhere = make_organisation("QH-02", make_organisation())
    foreign = login(make_person(organisation=elsewhere, roles=(Role.ADMINISTRATOR,)))
    template, report = (
        reverse("mark_sheet_template", args=[version.pk]),
        reverse("mark_sheet_report", args=[sheet.pk]),
    )
    assert [foreign.get(url).status_code for url in (exam(version), template)] == [404, 404]
    for client in (foreign, login(examiner)):
        assert [client.get(url).status_code for url in (sheet_page(sheet), report)] == [404, 404]
        assert client.post(sheet_page(sheet), {"action": "take"}).status_code == 404
    sheet.refresh_from_db()
    assert sheet.status == ImportStatus.READ


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.ISSUER, Role.INVIGILATOR])
def test_other_roles_are_turned_away(role: Role, version: ExamVersion, papers: Any, login: Any) -> None:
    client = login(make_person(roles=(role,)))
    assert {client.get(url).status_code for url in (INDEX, exam(version))} == {302}


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long_they_are(
    count: int,
    admin: Client,
    version: ExamVersion,
    bringer: Person,
    now: datetime,
    django_assert_num_queries: Any,
) -> None:
    rows = [[paper.candidate_number, 2, 1] for paper in make_papers(count, now=now)]
    for number in range(count):
        make_papers(1, key=make_exam(f"more-{number}", types=("short_answer",)).key, now=now)
        sheet = make_sheet(text_table(rows), version=version, by=bringer, now=now)
    admin.get(INDEX)
    with django_assert_num_queries(12):
        admin.get(INDEX)
    with django_assert_num_queries(14):
        admin.get(sheet_page(sheet))
