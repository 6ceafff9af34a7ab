"""The design system: what components draw, what they tell those who cannot see it, and that no page brings its own."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import Client

from cms.timescale import Mark, draw

ROOT = Path(settings.BASE_DIR)
CSS = ROOT / "cms" / "static" / "css"
SITE_SHEETS = ("tokens.css", "components.css", "practice.css", "certificates.css", "print.css")
HUNDRED_KB = 100 * 1024


def drawn(component: str, /, **context: Any) -> str:
    return render_to_string(f"components/{component}.html", context)


def in_page(source: str, **context: Any) -> str:
    return Template("{% load components %}" + source).render(Context(context))


def rows(html: str) -> list[list[str]]:
    """The table's rows as words."""
    cells = (
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr.*?</tr>", html, re.S)
    )
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


# Figures


def test_bars_are_a_table_whose_figures_are_drawn() -> None:
    html = drawn(
        "bars",
        label="得分",
        bars=[{"title": "政策法规", "score": Decimal("91.2")}, {"title": "创新", "score": 0}],
    )
    assert rows(html) == [["能力", "得分"], ["政策法规", "91.2"], ["创新", "0"]]
    assert re.findall(r'class="part" width="(.*?)"', html) == ["91%", "0%"]


@pytest.mark.parametrize("absent", [None, ""])
def test_bar_without_evidence_is_dashed_and_no_zero(absent: Any) -> None:
    html = drawn("bars", label="得分", bars=[{"title": "创新", "score": absent}])
    assert rows(html)[1] == ["创新", "证据不足"]
    assert ('class="part"' in html, 'class="gap"' in html) == (False, True)


def test_bar_says_its_requirement_and_its_own_words() -> None:
    bars = [
        {"title": "数字技术", "score": 44, "goal": 60},
        {"title": "另一题", "score": 41, "text": "15 人", "note": "你的选择"},
    ]
    html = drawn("bars", label="得分", bars=bars, heads="选择", shown=True)
    assert rows(html)[1:] == [["数字技术", "44 ，要求 60"], ["另一题 你的选择", "15 人"]]
    assert "<caption>得分</caption>" in html


def test_ring_tells_its_share_and_count_as_a_table() -> None:
    html = drawn("ring", percent=67, label="六项里已满足四项", done=4, total=6)
    assert rows(html) == [["完成的部分", "67%"], ["项数", "4 / 6"]]
    assert 'stroke-dasharray="67 100"' in html


def test_ring_at_nothing_draws_no_dot() -> None:
    assert "stroke-dasharray" not in drawn("ring", percent=0, label="还没有开始")


def test_timescale_draws_lanes_and_says_the_same_as_a_table() -> None:
    marks = [
        Mark(date(2026, 11, 5), "取得证书", "数字治理", "issued", "有效至 2029 年"),
        Mark(date(2026, 9, 1), "学完课程", "数据分析", "met"),
    ]
    scale = draw(marks, until=date(2026, 11, 22))
    html = drawn("timescale", scale=scale, id="trail", title="足迹")
    assert rows(html) == [
        ["事情", "日期", "类别", "结果"],
        ["数据分析", "2026年9月1日", "学完课程", "—"],
        ["数字治理", "2026年11月5日", "取得证书", "有效至 2029 年"],
    ]
    assert re.findall(r'class="spot" cx="(.*?)".*?data-state="(\w+)"', html) == [
        ("2.0%", "met"),
        ("70.6%", "issued"),
    ]
    assert re.findall(r">(\d+ 月)<", html) == ["9 月", "10 月", "11 月"]


def test_timescale_without_marks_is_nothing() -> None:
    assert draw([], until=date(2026, 11, 22)) is None


def test_timescale_over_years_names_few_months_and_shows_today() -> None:
    scale = draw(
        [Mark(date(2026, 11, 5), "证书", "签发"), Mark(date(2029, 11, 4), "证书", "到期")],
        until=date(2026, 11, 22),
    )
    assert scale is not None
    assert [tick.on for tick in scale.ticks if tick.named] == [
        date(2026, 11, 1),
        date(2027, 6, 1),
        date(2028, 1, 1),
        date(2028, 8, 1),
        date(2029, 3, 1),
    ]
    assert [tick.on.year for tick in scale.ticks if tick.opens_year] == [2026, 2027, 2028, 2029]
    assert (len(scale.ticks), scale.today_x) == (37, "3.8")


# Components that take a row of words


def test_breadcrumb_ends_with_this_page() -> None:
    html = in_page("{% breadcrumb '课程' '/courses/' '加装电梯' %}")
    assert '<li><a href="/courses/">课程</a></li><li aria-current="page">加装电梯</li>' in html


def test_facts_leave_out_what_is_not_there() -> None:
    html = in_page("{% facts '导师' name '有效至' day '学时' hours %}", name="沈静文", day=None, hours=0)
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html) == [("导师", "沈静文"), ("学时", "0")]


@pytest.mark.parametrize("source", ["{% breadcrumb '课程' '/courses/' %}", "{% facts '导师' %}"])
def test_row_of_words_that_does_not_come_out_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        in_page(source)


def test_words_of_people_stay_text() -> None:
    """faults.md row 35."""
    name = "<b>小满</b>"
    escaped = "&lt;b&gt;小满&lt;/b&gt;"
    assert in_page("{% facts '导师' name %}{% breadcrumb name '/' name %}", name=name).count(escaped) == 3
    bars = drawn("bars", label=name, bars=[{"title": name, "score": 1, "note": name}])
    choice = drawn("choice", type="radio", name="way", value="a", label="甲", text=name, note=name)
    assert (bars.count(escaped), choice.count(escaped)) == (3, 2)


def test_locked_choice_stays_visible_and_cannot_be_sent() -> None:
    html = drawn(
        "choice",
        type="radio",
        name="way",
        value="c",
        label="丙",
        text="全做",
        note="经费不够",
        locked=True,
        required=True,
    )
    assert ('data-state="locked"' in html, " disabled" in html, " required" in html) == (True, True, False)
    assert "<small>经费不够</small>" in html


def test_navigator_marks_place_answer_and_flag() -> None:
    slots = [
        {"slot": 1, "label": "第 1 题，已答", "answered": True},
        {"slot": 2, "label": "第 2 题，已标记", "flagged": True},
        {"slot": 3, "label": "第 3 题，当前"},
    ]
    html = drawn("navigator", slots=slots, current=3, url="/paper/")
    assert re.findall(r"<a (.*?) aria-label", html) == [
        'href="/paper/?q=1" data-state="done"',
        'href="/paper/?q=2" data-flag',
        'href="/paper/?q=3" aria-current="step"',
    ]


# One place


def templates() -> list[Path]:
    return [path for path in ROOT.glob("*/templates/**/*.html") if "wagtailadmin" not in path.parts]


def classes_in_sheets() -> set[str]:
    selectors = " ".join(
        re.sub(
            r"\{[^{}]*\}", " ", re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(encoding="utf-8"), flags=re.S)
        )
        for name in SITE_SHEETS
    )
    return set(re.findall(r"\.([a-z][\w-]*)", selectors))


def test_no_page_brings_its_own_style() -> None:
    """A strict content policy would drop it, and the guide would not show it."""
    own = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=")
    assert [
        str(path.relative_to(ROOT)) for path in templates() if own.search(path.read_text(encoding="utf-8"))
    ] == []


def test_every_class_of_the_sheets_is_used() -> None:
    sources = [path.read_text(encoding="utf-8") for path in templates()]
    attributes = " ".join(
        found for source in sources for found in re.findall(r'class="([^"]*(?:"\w+"[^"]*)*)"', source)
    )
    tones = (ROOT / "cms" / "templates" / "allauth" / "elements" / "tone.txt").read_text(encoding="utf-8")
    assert classes_in_sheets() - set(re.findall(r"[a-z][\w-]*", attributes + tones)) == set()


def test_no_sheet_outgrows_a_reader() -> None:
    assert [
        name for name in SITE_SHEETS if len((CSS / name).read_text(encoding="utf-8").splitlines()) > 500
    ] == []


def test_every_component_says_what_it_is_for() -> None:
    folder = ROOT / "cms" / "templates" / "components"
    silent = [
        path.name
        for path in folder.glob("*.html")
        if "{% comment %}" not in path.read_text(encoding="utf-8")[:60]
    ]
    assert silent == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/verify/"])
def test_first_page_is_light(path: str, client: Client) -> None:
    """Page, styles and scripts before pictures, uncompressed."""
    page = client.get(path).content
    linked = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page.decode())
    found = [finders.find(name) for name in linked]
    assert len(page) + sum(Path(name).stat().st_size for name in found if isinstance(name, str)) < HUNDRED_KB
    assert len(linked) == 6
