"""`check_scenario`, as scripts use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.simulations.conftest import ROOT


@pytest.fixture
def document() -> Any:
    """Two situations without a fault."""

    def choice(key: str, to: str, **more: Any) -> Any:
        points = {"zc": 1, "sg": 1, "sz": 1, "gq": 1}
        return {"id": key, "text": "选项", "score": points, "feedback": "反馈", "next": to} | more

    return {
        "id": "T1",
        "title": "小情景",
        "vars": {key: {"name": key, "init": 50, "lo": 0, "hi": 100} for key in ("days", "sat", "trust", "comp")},
        "flags": {"done": "已做"},
        "dims": {"zc": "政策法规", "sg": "社会工作方法", "sz": "数字技术", "gq": "共情"},
        "views": {"A": {"专业": ["zc", "sg"], "技术": ["sz"], "共情": ["gq"]}},
        "nodes": [
            {
                "id": "N01",
                "title": "起点",
                "text": "开始",
                "choices": [choice("a", "N02"), choice("b", "N02", set=["done"])],
            },
            {"id": "N02", "title": "终点", "text": "结束", "choices": [choice("a", "END")]},
        ],
        "endings": [
            {"id": "E1", "title": "好", "cond": "done", "factor": 1, "cap": 100, "debrief": "点评"},
            {"id": "E2", "title": "中", "cond": "True", "factor": 0.9, "cap": 90, "debrief": "点评"},
        ],
    }  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "scenario.json"


def _call(document: Any, file: Path, *flags: str) -> tuple[int, str]:
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    out = StringIO()
    try:
        call_command("check_scenario", str(file), *flags, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_sound_scenario_is_reported_with_exit_0(document: Any, file: Path) -> None:
    code, out = _call(document, file, "--json", "--seed", "3")
    told = json.loads(out)
    assert (code, told["exact"], told["seed"], told["states"]) == (0, True, 3, 3)
    assert {key: of["witness"] for key, of in told["endings"].items()} == {
        "E1": "N01b,N02a",
        "E2": "N01a,N02a",
    }
    assert told["seconds"] >= 0


def test_dead_end_is_exit_1_with_its_witness(document: Any, file: Path) -> None:
    document["nodes"][1]["choices"][0]["cond"] = "done"
    code, out = _call(document, file, "--json")
    (error,) = (one for one in json.loads(out)["findings"] if one["severity"] == "error")
    assert (code, error) == (
        1,
        {"kind": "dead-end", "severity": "error", "where": "N02", "witness": "N01a", "states": 1},
    )


def test_untimed_reports_are_the_same_every_time(document: Any, file: Path) -> None:
    first, again = (_call(document, file, "--json", "--untimed")[1] for _ in range(2))
    assert first == again
    assert "seconds" not in json.loads(first)


def test_budget_that_is_too_small_is_said(document: Any, file: Path) -> None:
    told = json.loads(_call(document, file, "--json", "--budget", "2")[1])
    assert (told["exact"], told["why_sampled"]) == (False, "more than 2 states")


def test_people_read_sentences(document: Any, file: Path) -> None:
    document["nodes"][1]["choices"][0]["cond"] = "done"
    code, out = _call(document, file)
    assert (code, out.splitlines()[:2]) == (1, ["共 3 个状态，全部看过。", "error dead-end N02 N01a"])


def test_faulty_document_is_bad_use_with_its_problems(document: Any, file: Path) -> None:
    document["endings"][0]["cap"] = 101
    with pytest.raises(CommandError) as refused:
        _call(document, file, "--json")
    assert refused.value.returncode == 2
    assert str(refused.value) == "第 1 行，endings[0].cap：应在 0 与 100 之间"


def test_missing_file_is_bad_use(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("check_scenario", str(tmp_path / "none.json"))
    assert refused.value.returncode == 2


def test_check_needs_no_database(document: Any, file: Path, tmp_path: Path) -> None:
    file.write_text(json.dumps(document), encoding="utf-8")
    bare = {"DJANGO_SETTINGS_MODULE": "cms.settings.test", "DATABASE_URL": f"sqlite:///{tmp_path}/no/where"}
    command = [sys.executable, "manage.py", "check_scenario", str(file), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | bare, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["exact"] is True
