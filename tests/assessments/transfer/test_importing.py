"""Questions into the bank and out again."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from assessments.bank.media import keep_medium
from assessments.formats.usual import at_line, at_row, named, numbered, within
from assessments.models import Question, QuestionVersion
from assessments.transfer.drafts import Bank
from assessments.transfer.exporting import export_questions, module_versions
from assessments.transfer.importing import Line, import_questions
from assessments.wording import in_words
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from tests.assessments.making import PICTURE, TYPES, make_question
from tests.factories import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

PAPER = """
::一::居民代表会议由谁召集？{=居民委员会 ~街道办事处 ~业主委员会}

::二::三分之二是多数。{T}

::三::没有答案的一题{~甲 ~乙}

// 难度另说
::四::面积和人数各占多少？{=三分之二 =2/3}
"""


def read(text: str = PAPER, **options: Any) -> Any:
    return import_questions(
        source=io.BytesIO(text.encode()),
        format="gift",
        bank=Bank("试卷", "LAW"),
        by=None,
        now=NOW,
        **options,
    )


def test_good_questions_come_in_and_a_bad_one_is_named() -> None:
    report = read()
    assert (report.imported, report.unchanged, len(report.skipped)) == (3, 0, 1)
    assert dict(report.types) == {"single": 1, "true_false": 1, "fill_in": 1}
    version = QuestionVersion.objects.get(type="single")
    assert (version.module, version.leaves, version.body["stem"]) == (
        "试卷",
        {"LAW": "1"},
        "居民代表会议由谁召集？",
    )
    assert [option["text"] for option in version.body["options"]] == [
        "居民委员会",
        "街道办事处",
        "业主委员会",
    ]
    assert AuditEntry.objects.get(action="questions.imported").detail["questions"] == 3


def test_the_same_file_again_changes_nothing() -> None:
    read()
    report = read()
    assert (report.imported, report.unchanged, QuestionVersion.objects.count()) == (0, 3, 3)
    assert AuditEntry.objects.filter(action="questions.imported").count() == 1


def test_a_dry_run_says_the_same_and_stores_nothing() -> None:
    assert read(dry_run=True) == read()
    assert Question.objects.count() == 3


@pytest.mark.parametrize(("format", "leaf", "code"), [("scorm", "LAW", "format"), ("gift", "XYZ", "leaf")])
def test_an_unknown_format_or_leaf_is_refused(format: str, leaf: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        import_questions(source=io.BytesIO(b""), format=format, bank=Bank("试卷", leaf), by=None, now=NOW)
    assert refused.value.code == code


@pytest.mark.parametrize("size", [1, 3])
def test_a_file_costs_the_same_queries_with_one_question_and_with_three(
    size: int, django_assert_num_queries: Any
) -> None:
    text = "\n\n".join(f"第 {number} 题 {{T}}" for number in range(size))
    with django_assert_num_queries(8):
        assert read(text).imported == size


def test_what_goes_out_comes_back_as_the_same_questions() -> None:
    for number, type in enumerate(("single", "multiple", "true_false", "matching", "short_answer")):
        make_question(f"Q{number}", type)
    (module,) = set(QuestionVersion.objects.values_list("module", flat=True))
    target = io.BytesIO()
    report = export_questions(
        versions=module_versions(module), format="gift", target=target, by=None, now=NOW
    )
    assert (report.exported, report.skipped) == (5, ())
    before = dict(QuestionVersion.objects.values_list("question__key", "content_hash"))
    target.seek(0)
    again = import_questions(source=target, format="gift", bank=Bank("别处"), by=None, now=NOW)
    assert (again.imported, again.unchanged, again.skipped) == (0, 5, [])
    assert dict(QuestionVersion.objects.values_list("question__key", "content_hash")) == before


def test_a_module_without_questions_is_refused() -> None:
    with pytest.raises(Refusal, match="没有可以导出"):
        export_questions(
            versions=module_versions("没有"), format="gift", target=io.BytesIO(), by=None, now=NOW
        )


def run(name: str, *arguments: str) -> Any:
    out = io.StringIO()
    code = 0
    try:
        call_command(name, *arguments, "--json", stdout=out)
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(out.getvalue())


def test_commands_carry_a_file_in_and_out(tmp_path: Path) -> None:
    path = tmp_path / "社区考试.gift"
    path.write_text(PAPER, encoding="gb18030")
    code, data = run("import_questions", str(path), "--format", "gift")
    assert (code, data["imported"], data["types"]) == (1, 3, {"single": 1, "true_false": 1, "fill_in": 1})
    assert [set(line) for line in data["skipped"]] == [{"where", "reason"}]
    out = tmp_path / "out.gift"
    code, data = run("export_questions", str(out), "--bank", "社区考试", "--format", "gift")
    assert (code, data) == (0, {"exported": 3, "skipped": [], "warnings": []})
    assert "居民委员会" in out.read_text("utf-8")


def test_a_long_import_tells_on_stderr_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.transfer.importing.PORTION", 2)
    path = tmp_path / "长卷.gift"
    path.write_text("\n\n".join(f"第 {number} 题 {{T}}" for number in range(5)), encoding="utf-8")
    out, told = io.StringIO(), io.StringIO()
    call_command("import_questions", str(path), "--format", "gift", "--json", stdout=out, stderr=told)
    assert json.loads(out.getvalue())["imported"] == 5
    assert told.getvalue().split("\n") == ["已读 2 道……", "已读 4 道……", "已读 5 道……", ""]


def test_a_dry_run_counts_a_question_once_however_far_apart_it_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assessments.transfer.importing.PORTION", 2)
    text = "甲{T}\n\n乙{T}\n\n甲{T}"
    dry = read(text, dry_run=True)
    assert (dry.imported, dry.unchanged) == (2, 1)
    assert read(text) == dry


def test_nobody_but_an_author_imports() -> None:
    with pytest.raises(NotAllowed):
        import_questions(source=io.BytesIO(b""), format="gift", bank=Bank("试卷"), by=make_person(), now=NOW)


def test_bad_use_of_the_command_exits_with_two(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("import_questions", str(tmp_path / "none.gift"), "--format", "gift")
    assert refused.value.returncode == 2


def test_a_line_names_a_place_and_a_reason() -> None:
    (line,) = read().skipped
    assert isinstance(line, Line)
    assert line == Line("第 6 行", "没有标出正确选项。")


def test_a_place_is_named_in_the_readers_language() -> None:
    places = (at_line(3), numbered(2, "算"), within(at_row(9), "body.options"), named("a/b.xml"))
    assert [in_words(place) for place in places] == [
        "第 3 行",
        "第 2 题（算）",
        "第 9 行, body.options",
        "a/b.xml",
    ]


def test_the_unit_of_a_place_is_a_word_of_the_reader() -> None:
    paper = "1. 甲\nA. 一\nB. 二\n答案：A\n难度：很\n"
    report = import_questions(
        source=io.BytesIO(paper.encode()), format="text_zh", bank=Bank("试卷"), by=None, now=NOW
    )
    (line,) = report.warnings
    assert line.reason.startswith("第 5 行：")


@pytest.mark.parametrize("format", ["gift", "xlsx", "text_zh", "docx"])
def test_a_file_without_pictures_takes_none_away(format: str) -> None:
    picture = keep_medium(content=PICTURE, name="平面图.png", by=None, now=NOW)
    media = [{"file": picture.file, "alt": "平面图"}]
    asked = {"stem": "看图：哪里是绿地？", **TYPES["single"][0], "media": media}
    version = make_question("P1", body=asked)
    target = io.BytesIO()
    export_questions(versions=module_versions(version.module), format=format, target=target, by=None, now=NOW)
    target.seek(0)
    report = import_questions(source=target, format=format, bank=Bank("别处"), by=None, now=NOW)
    assert (report.imported, report.unchanged) == (0, 1)
    assert QuestionVersion.objects.get().body["media"] == media
    told = _("This kind of file has no pictures and sounds: those of the bank stay.")
    assert told in [line.reason for line in report.warnings]
