"""The command `item_statistics`."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

HAND = "candidate,a,b,c\nw,1,1,2\nx,1,0,1\ny,0,1,0\nz,0,0,0\n"


def told(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("item_statistics", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    path.write_text(HAND, "utf-8")
    return path


def test_the_keys_are_those_that_scripts_rely_on(scores: Path) -> None:
    data: dict[str, Any] = json.loads(told(scores, "--json"))
    assert list(data["test"])[:9] == [
        "n",
        "mean",
        "median",
        "sd",
        "skewness",
        "kurtosis",
        "alpha",
        "error_ratio",
        "standard_error",
    ]
    assert list(data["items"][0])[:8] == [
        "item",
        "n",
        "facility",
        "sd",
        "discrimination_index",
        "discriminative_efficiency",
        "effective_weight",
        "intended_weight",
    ]


def test_figures_by_hand(scores: Path) -> None:
    """Worked out in `test_analyse.test_four_candidates_by_hand`."""
    data = json.loads(told(scores, "--json"))
    assert (data["test"]["n"], data["test"]["mean"], data["test"]["median"]) == (4, 1.75, 1.5)
    assert data["test"]["alpha"] == pytest.approx(0.685714, abs=1e-6)
    assert [item["item"] for item in data["items"]] == ["a", "b", "c"]
    assert data["items"][0]["facility"] == 0.5
    assert data["items"][0]["intended_weight"] == 25
    assert data["items"][0]["discrimination_index"] == pytest.approx(68.824720, abs=1e-6)
    assert data["maxima"] == "highest_mark_seen"


def test_maxima_of_their_own_file(scores: Path, tmp_path: Path) -> None:
    maxima = tmp_path / "max.csv"
    maxima.write_text("item,max\na,2\nb,1\nc,5\n", "utf-8")
    data = json.loads(told(scores, "--max", str(maxima), "--json"))
    assert [item["maximum"] for item in data["items"]] == [2, 1, 5]
    assert [item["intended_weight"] for item in data["items"]] == [25, 12.5, 62.5]
    assert data["maxima"] == "given"


def test_people_read_percent_and_where_the_maxima_come_from(scores: Path) -> None:
    with translation.override("en"):
        lines = told(scores).splitlines()
    assert lines[0] == "Candidates: 4, items: 3, points of a paper: 4.00."
    assert "Maximum of each item: the highest mark seen (--max gives it)." in lines
    assert lines[-3].split() == ["4", "50.00%", "0.58", "68.82%", "100.00%", "31.72%", "25.00%", "a"]


def test_an_item_at_fault_is_named(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    rows = (f"{place},{int(place >= 100)},{int(place < 100)},{int(place < 90)}" for place in range(200))
    path.write_text("candidate,a,b,c\n" + "\n".join(rows), "utf-8")
    data = json.loads(told(path, "--json"))
    assert [each["reason"] for each in data["items"][0]["suspicions"]] == ["negative_discrimination"]
    assert data["items"][0]["effective_weight"] is None
    with translation.override("en"):
        assert "Suspect: a: weak candidates do better than strong ones." in told(path)


def test_rows_without_any_item_are_left_out_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(HAND + "absent,,,\n", "utf-8")
    with pytest.raises(SystemExit) as left:
        call_command("item_statistics", str(path), "--json")
    assert left.value.code == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["test"]["n"], data["left_out"]) == (4, [6])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("考生,题1\n张三,很好\n", "第 2 行“题1”列"),
        ("考生,题1\n张三,1\n张三,1\n", "张三"),
        ("", "空"),
    ],
)
def test_a_file_that_cannot_be_used_is_bad_use_and_says_where_in_chinese(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(content, "gb18030")
    with translation.override("zh-hans"), pytest.raises(CommandError) as refused:
        told(path)
    assert refused.value.returncode == 2
    assert said in str(refused.value)


def test_a_mark_above_the_maximum_is_bad_use(scores: Path, tmp_path: Path) -> None:
    maxima = tmp_path / "max.csv"
    maxima.write_text("a,b,c\n1,1,1\n", "utf-8")
    with translation.override("en"), pytest.raises(CommandError) as refused:
        told(scores, "--max", str(maxima))
    assert str(refused.value) == "Row 2, column “c”: 2 points are more than the maximum of 1."


def test_a_missing_file_is_bad_use(tmp_path: Path) -> None:
    with translation.override("zh-hans"), pytest.raises(CommandError) as refused:
        told(tmp_path / "none.csv")
    assert refused.value.returncode == 2
    assert str(refused.value) == f"找不到文件“{tmp_path / 'none.csv'}”。"


def test_what_is_no_file_is_bad_use(scores: Path, tmp_path: Path) -> None:
    with translation.override("zh-hans"), pytest.raises(CommandError) as refused:
        told(scores, "--max", str(tmp_path))
    assert str(refused.value) == f"无法读取文件“{tmp_path}”。"


def test_the_points_of_a_paper_are_called_a_mean_where_papers_differ(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(HAND + "v,1,1,-\nabsent,,,\n", "utf-8")
    with translation.override("en"), pytest.raises(SystemExit):
        told(path)
    path.write_text(HAND + "v,1,1,-\n", "utf-8")
    with translation.override("en"):
        lines = told(path).splitlines()
    assert lines[0] == "Candidates: 5, items: 3, points of a paper: 3.60 in the mean (papers differ)."
