"""考试分析 in the editor's admin: who may look, what shows, what can be taken away."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from assessments.admin.analysis_charts import curve_chart, item_map, score_chart
from assessments.admin.analysis_meanings import discrimination_meaning
from assessments.admin.analysis_sheets import safe_text
from assessments.analyses.asking import ask_analysis
from assessments.analyses.wording import interval_text
from assessments.bank.storing import store_question
from assessments.models import Analysis, AnalysisStatus, ExamVersion, Which
from people.models import Person, Role
from tests.assessments.analyses.making import HALF, RIGHT, WRONG, analysed, sit, sit_many
from tests.assessments.making import make_exam, open_admin, question_item
from tests.assessments.regrades import FULL, make_done
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db
TYPES = ("single", "multiple", "true_false", "fill_in")
ROWS: list[list[Any]] = [
    [RIGHT["single"], RIGHT["multiple"], RIGHT["true_false"], {"b1": "12", "b2": "25"}],
    [RIGHT["single"], HALF, RIGHT["true_false"], {"b1": "12"}],
    [WRONG["single"], HALF, WRONG["true_false"], None],
    [RIGHT["single"], RIGHT["multiple"], WRONG["true_false"], {"b1": "12"}],
    [WRONG["single"], WRONG["multiple"], RIGHT["true_false"], None],
    [WRONG["single"], None, None, None],
]


@pytest.fixture(autouse=True)
def _admin(db: Any) -> None:
    open_admin()


@pytest.fixture
def author(login: Any) -> Client:
    client: Client = login(make_person(roles=(Role.AUTHOR,)))
    return client


@pytest.fixture
def version(now: datetime) -> ExamVersion:
    made = make_exam(types=TYPES)
    sit_many(ROWS, now=now)
    return made


def page_of(analysis: Analysis, rest: str = "") -> str:
    return f"/admin/statistics/analyses/{analysis.pk}/{rest}"


@pytest.mark.postgres
def test_an_author_asks_and_reads(
    version: ExamVersion, author: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert "考试base" in author.get("/admin/statistics/").content.decode()
    exam = author.get(f"/admin/statistics/{version.pk}/").content.decode()
    assert "6 份，6 人" in exam
    assert 'value="best" checked' in exam
    with django_capture_on_commit_callbacks(execute=True):
        asked = author.post(f"/admin/statistics/{version.pk}/", {"which": "first"})
    analysis = Analysis.objects.get()
    assert asked["Location"] == page_of(analysis)
    page = author.get(asked["Location"]).content.decode()
    for text in ("内部一致性（α）", "题目分布图", "成绩分布", "高分组与低分组", 'role="img"', "数字技术"):
        assert text in page, text
    assert "首次作答" in author.get("/admin/statistics/").content.decode()


def test_while_it_is_computed_the_page_says_how_far_it_is(
    version: ExamVersion, author: Client, now: datetime
) -> None:
    asked = ask_analysis(exam_version=version, which=Which.ALL, by=None, now=now)
    Analysis.objects.update(status=AnalysisStatus.COLLECTING, done_count=2)
    page = author.get(page_of(asked)).content.decode()
    assert "已收 2 / 6 份试卷" in page
    assert '<meta http-equiv="refresh" content="5">' in page
    part = author.get(page_of(asked), headers={"HX-Request": "true"})
    assert "已收 2 / 6 份试卷" in part.content.decode()
    assert "<html" not in part.content.decode()
    Analysis.objects.update(status=AnalysisStatus.FAILED, problem="出了错")
    assert author.get(page_of(asked), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "出了错" in author.get(page_of(asked)).content.decode()


def test_item_page_shows_options_curve_and_key_to_authors_alone(
    version: ExamVersion, author: Client, now: datetime, login: Any
) -> None:
    analysis = analysed(version, now=now)
    page = author.get(page_of(analysis, "items/1/")).content.decode()
    assert "点二列相关" in page
    assert page.count("ql-curve ") == 3
    assert page.count("w-status--primary") == 1
    administrator = login(make_person(roles=(Role.ADMINISTRATOR,)))
    page = administrator.get(page_of(analysis, "items/1/")).content.decode()
    assert "区分度" in page
    assert "各选项的选择情况只给出题人看" in page
    assert "点二列相关" not in page
    assert "ql-curve " not in page
    assert "w-status--primary" not in page


def test_items_are_sorted_by_links(version: ExamVersion, author: Client, now: datetime) -> None:
    analysis = analysed(version, now=now)
    facility = {item["number"]: item["facility"] for item in analysis.figures["items"]}

    def order(query: str) -> list[int]:
        return [row.number for row in author.get(page_of(analysis) + query).context["rows"]]

    assert order("") == [1, 2, 3, 4]
    assert order("?sort=facility") == sorted(facility, key=lambda each: (facility[each], each))
    assert order("?sort=facility&falls=1") == sorted(
        facility, key=lambda each: (facility[each], each), reverse=True
    )
    assert order("?sort=nonsense") == [1, 2, 3, 4]
    page = author.get(page_of(analysis) + "?sort=facility").content.decode()
    assert 'aria-sort="ascending"><a href="?sort=facility&amp;falls=1#items">' in page


def test_results_since_are_told(version: ExamVersion, author: Client, now: datetime) -> None:
    analysis = analysed(version, now=now + timedelta(hours=1))
    assert "有新的成绩" not in author.get(page_of(analysis)).content.decode()
    sit(make_person(), ROWS[0], now=now + timedelta(hours=2))
    assert "有新的成绩" in author.get(page_of(analysis)).content.decode()


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.ISSUER, None])
def test_nobody_else_finds_the_section(
    role: Role | None, version: ExamVersion, now: datetime, login: Any
) -> None:
    analysis = analysed(version, now=now)
    client = login(make_person(roles=(role,) if role else (Role.ISSUER,)))
    pages = (
        "/admin/statistics/",
        f"/admin/statistics/{version.pk}/",
        *(page_of(analysis, rest) for rest in ("", "items/1/", "statistics.csv", "statistics.xlsx")),
    )
    assert {url: client.get(url).status_code for url in pages} == dict.fromkeys(pages, 404)
    assert client.post(f"/admin/statistics/{version.pk}/", {"which": "last"}).status_code == 404
    assert Analysis.objects.count() == 1


def test_what_does_not_exist(version: ExamVersion, author: Client, now: datetime) -> None:
    analysis = analysed(version, now=now)
    practice = make_exam("practice", practice=True)
    for url in (
        "/admin/statistics/0/",
        f"/admin/statistics/{practice.pk}/",
        page_of(analysis, "items/9/"),
        page_of(analysis, "statistics.pdf"),
        "/admin/statistics/analyses/00000000-0000-0000-0000-000000000000/",
    ):
        assert author.get(url).status_code == 404, url
    assert author.post(f"/admin/statistics/{version.pk}/", {"which": "some"}).status_code == 404


def test_too_few_papers_are_told(now: datetime, author: Client) -> None:
    few = make_exam("few")
    sit_many([[RIGHT["single"], None]], "few", now=now)
    page = author.post(f"/admin/statistics/{few.pk}/", {"which": "all"}, follow=True).content.decode()
    assert "至少要有 5 份" in page


def test_table_opens_as_text_and_holds_no_formula(now: datetime, author: Client) -> None:
    make_exam("formula", types=("single",))
    make_formula("formula-1")
    version = make_exam("asked", questions=[{"key": "formula-1", "points": 2}])
    sit_many([["o2"], ["o1"], ["o2"], [None], ["o2"]], "asked", now=now)
    analysis = analysed(version, now=now)
    answer = author.get(page_of(analysis, "statistics.csv"))
    assert "no-store" in answer["Cache-Control"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, row = list(csv.reader(StringIO(text)))
    assert (head[2], row[2], row[4], row[5]) == ("题干", "'=1+1", "5", "0.6")
    book = load_workbook(
        BytesIO(b"".join(author.get(page_of(analysis, "statistics.xlsx")).streaming_content))
    )
    assert book.sheetnames == ["整卷", "题目", "选项", "各部分"]
    assert (book["题目"]["C2"].value, book["题目"]["C2"].data_type) == ("=1+1", "s")
    assert [row[3].value for row in book["选项"].iter_rows(min_row=2)] == ["=1+1", "乙", "丙"]


def test_administrators_take_no_options_away(version: ExamVersion, now: datetime, login: Any) -> None:
    analysis = analysed(version, now=now)
    client = login(make_person(roles=(Role.ADMINISTRATOR,)))
    book = load_workbook(
        BytesIO(b"".join(client.get(page_of(analysis, "statistics.xlsx")).streaming_content))
    )
    assert book.sheetnames == ["整卷", "题目", "各部分"]


def test_figures_of_the_whole_test_are_numbers(version: ExamVersion, author: Client, now: datetime) -> None:
    analysis = analysed(version, now=now)
    content = b"".join(author.get(page_of(analysis, "statistics.xlsx")).streaming_content)
    sheet = load_workbook(BytesIO(content))["整卷"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    test = analysis.figures["test"]
    assert [cell.value for cell in sheet[1]] == ["指标", "数值", "单位", "下限", "上限", "含义"]
    assert (rows["平均分"][1].value, rows["平均分"][2].value) == (round(test["mean"], 4), "分")
    assert rows["误差比"][2].value == "%"
    assert rows["内部一致性（α）"][3].value == round(test["alpha_interval"]["low"], 4)
    assert {row[1].data_type for row in rows.values()} == {"n"}


def test_discrimination_is_judged_by_its_interval() -> None:
    crosses, below = "区间跨过 0：人太少，还不能下结论", "先核对答案"
    said = [
        discrimination_meaning({"low": low, "high": high}) for low, high in ((-80, 70), (-80, -5), (5, 70))
    ]
    assert [(crosses in each, below in each) for each in said] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert (crosses in discrimination_meaning(None), below in discrimination_meaning(None)) == (False, False)


def test_intervals_are_written_without_a_dash() -> None:
    assert interval_text({"low": -1.35, "high": 0.69}) == "−1.35 至 0.69"


def test_columns_have_their_meaning_on_the_page(version: ExamVersion, author: Client, now: datetime) -> None:
    page = author.get(page_of(analysed(version, now=now))).content.decode()
    for text in ("各列是什么意思", "协方差为负", "区分效率", "克隆巴赫"):
        assert text in page, text


def test_full_marks_for_all_are_told_and_raise_no_doubt(author: Client, now: datetime) -> None:
    version = make_exam(types=("single", "single"))
    sit_many([["o1", "o2"]] * 9 + [["o1", "o1"]] * 9, now=now)
    before = analysed(version, now=now).figures["items"][0]["suspicions"]
    make_done(version, FULL, now=now)
    analysis = analysed(version, now=now + timedelta(days=1))
    item = analysis.figures["items"][0]
    assert (item["facility"], bool(before), item["suspicions"]) == (1.0, True, [])
    page = author.get(page_of(analysis)).content.decode()
    assert page.count("一律给满分（重判）") == 2
    assert "一律给满分（重判）" in author.get(page_of(analysis, "items/1/")).content.decode()
    assert "一律给满分（重判）" not in author.get(page_of(analysis, "items/2/")).content.decode()


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_whatever_begins_like_a_formula_is_text(begin: str) -> None:
    assert safe_text(f"{begin}1") == f"'{begin}1"
    assert safe_text(-1.5) == -1.5
    assert safe_text("1-1") == "1-1"


@pytest.mark.parametrize("exams", [1, 3])
def test_queries_of_the_list_do_not_grow(
    exams: int, author: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    people: list[Person] = [make_person() for _ in range(5)]
    for number in range(exams):
        made = make_exam(f"exam-{number}", types=("single",))
        for person in people:
            sit(person, ["o2"], made.key, now=now)
        analysed(made, now=now)
    author.get("/admin/statistics/")
    with django_assert_num_queries(13):
        author.get("/admin/statistics/")


@pytest.mark.parametrize("items", [1, 3])
def test_queries_of_an_analysis_do_not_grow(
    items: int, author: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    version = make_exam(types=("single",) * items)
    sit_many([["o2"] * items] * 3 + [["o1"] * items] * 3, now=now)
    analysis = analysed(version, now=now)
    author.get(page_of(analysis))
    with django_assert_num_queries(12):
        author.get(page_of(analysis))


def make_formula(key: str) -> None:
    item = question_item(key, body_extra={"stem": "=1+1"})
    item["body"] = {**item["body"], "options": [{"id": "o1", "text": "=1+1"}, *item["body"]["options"][1:]]}
    store_question(item=item, by=None, now=LONG_AGO_AT, live=True)


class TestCharts:
    """Geometry: inside the frame, letters apart, empty groups left out."""

    @staticmethod
    def item(
        number: int, facility: float | None, discrimination: float | None, **extra: Any
    ) -> dict[str, Any]:
        return {
            "number": number,
            "facility": facility,
            "discrimination_index": discrimination,
            "suspicions": [],
            **extra,
        }

    def test_items_lie_inside_the_frame_and_those_without_figures_nowhere(self) -> None:
        found = item_map(
            [self.item(1, 0.0, -35.0), self.item(2, 1.0, 88.0, suspicions=[{}]), self.item(3, None, None)]
        )
        assert found is not None
        assert [(each.number, each.is_doubted) for each in found.points] == [(1, False), (2, True)]
        for each in found.points:
            assert found.frame.left <= each.x <= found.frame.right
            assert found.frame.top <= each.y <= found.frame.bottom
        assert found.points[0].y > found.zero > found.points[1].y
        assert found.points[1].anchor == "end"
        assert item_map([self.item(3, None, None)]) is None

    def test_bars_stand_for_papers_and_the_line_for_the_percent(self) -> None:
        bins = [{"low": 5 * n, "high": 5 * n + 5, "n": 0, "passed": 0} for n in range(20)]
        bins[12] = {"low": 60, "high": 65, "n": 4, "passed": 1}
        chart = score_chart({"bins": bins, "pass_percent": 60.0})
        bar = chart.bars[12]
        assert bar.height + bar.passed_height == chart.frame.bottom - chart.frame.top
        assert bar.passed_height == round((chart.frame.bottom - chart.frame.top) / 4)
        assert abs((chart.pass_x or 0) - bar.x) <= 1

    def test_letters_never_lie_on_each_other(self) -> None:
        option = {"text": "", "is_key": False, "curve": (1, 1, 0, 1, 1)}
        choices = {"groups": (4, 4, 0, 4, 4), "options": [{**option, "place": place} for place in range(5)]}
        chart = curve_chart(choices)
        heights = sorted(each.end_y for each in chart.curves)
        assert all(low + 13 <= high for low, high in pairwise(heights))
        assert heights[-1] < chart.frame.height
        assert [each.letter for each in chart.curves] == list("ABCDE")
        assert chart.curves[0].shares == ("25%", "25%", "—", "25%", "25%")
        assert len(chart.curves[0].points.split()) == 4
