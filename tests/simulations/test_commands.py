"""`import_scenario` and `play_scenario`, as scripts use them."""

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

from simulations.models import ScenarioDraft, ScenarioVersion
from tests.simulations.conftest import GOLDEN_PATH, PATHS, ROOT, S1_FILE, WORST

GOLDEN_OUTCOME = {
    "ending": "E1",
    "total": 90.7,
    "leaf": {"LAW": 86.7, "SWK": 94.1, "DIG": 88.9, "EMP": 91.3},
    "views": {
        "A": {"专业能力": 90.6, "技术能力": 88.9, "共情能力": 91.3},
        "B": {"政策解读": 86.7, "数字技术": 88.9, "社会工作": 93.0},
    },
    "final": {
        "budget": 1.0, "days": 32, "sat": 77, "trust": 91, "comp": 100, "agree": 11, "low": 100,
    },
    "flags": ["survey", "leak", "light", "pipe", "compn", "maint", "review"],
    "passed": True,
}  # fmt: skip


def _call(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(*arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def bad_file(tmp_path: Path, document: Any) -> Path:
    """A document with two faults."""
    document["nodes"][0]["choices"][0]["cond"] = "trsut>1"
    document["endings"][0]["cap"] = 101
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


# play_scenario


def test_golden_path_is_played_from_the_shell_without_a_database(tmp_path: Path) -> None:
    bare = {"DJANGO_SETTINGS_MODULE": "cms.settings.test", "DATABASE_URL": f"sqlite:///{tmp_path}/no/where"}
    command = [sys.executable, "manage.py", "play_scenario", str(S1_FILE), "--path", GOLDEN_PATH, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | bare, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == GOLDEN_OUTCOME


def test_paths_are_played_line_by_line(tmp_path: Path) -> None:
    lines = [GOLDEN_PATH, "N01z", "N01b,N02b", "", WORST.replace(",", " → ")]
    file = tmp_path / "paths.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, out = _call("play_scenario", str(S1_FILE), "--paths", str(file), "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert found[0] == GOLDEN_OUTCOME
    assert found[1:4] == [
        {"error": {"step": 1, "reason": "the scenario has no choice 'N01z'"}},
        {"error": {"step": 2, "reason": "the play has not ended: it stands at N03"}},
        {"error": {"step": 0, "reason": "the play has not ended: it stands at N01"}},
    ]
    assert (found[4]["ending"], found[4]["total"]) == ("E6", 23.4)


def test_paths_that_all_end_leave_no_finding(tmp_path: Path) -> None:
    file = tmp_path / "paths.txt"
    file.write_text("\n".join(path["path"] for path in PATHS), encoding="utf-8")
    code, out = _call("play_scenario", str(S1_FILE), "--paths", str(file), "--json")
    found = [(one["ending"], one["total"], one["passed"]) for one in map(json.loads, out.splitlines())]
    assert (code, found) == (0, [(path["ending"], path["total"], path["passed"]) for path in PATHS])


@pytest.mark.parametrize(
    ("path", "step", "reason"),
    [
        ("N01b,N01b", 2, "the play stands at N02, not at N01"),
        ("N01b", 1, "the play has not ended: it stands at N02"),
        (f"{GOLDEN_PATH},N16b", 15, "the play has already ended with E1"),
        (",".join([*GOLDEN_PATH.split(",")[:10], "N13c"]), 11, "N13c costs 3.0, only 1.0 left"),
        (",".join([*GOLDEN_PATH.split(",")[:9], "N11d"]), 10, "N11d needs: forge"),
    ],
)
def test_path_that_cannot_be_played_is_an_error(path: str, step: int, reason: str) -> None:
    code, out = _call("play_scenario", str(S1_FILE), "--path", path, "--json")
    assert (code, json.loads(out)) == (1, {"error": {"step": step, "reason": reason}})


def test_people_read_a_sentence() -> None:
    assert _call("play_scenario", str(S1_FILE), "--path", GOLDEN_PATH) == (
        0,
        "E1 同心梯：建成、可管、能复制：90.7 分，通过\n",
    )


@pytest.mark.parametrize("flag", ["--path", "--paths"])
def test_faulty_document_is_bad_use_with_its_problems(flag: str, bad_file: Path) -> None:
    with pytest.raises(CommandError) as refused:
        _call("play_scenario", str(bad_file), flag, str(bad_file), "--json")
    assert refused.value.returncode == 2
    assert str(refused.value).splitlines() == [
        "第 1 行，nodes[0].choices[a].cond：不认识的名称 'trsut'，是不是“trust”？",
        "第 1 行，endings[0].cap：应在 0 与 100 之间",
    ]


def test_missing_file_is_bad_use(tmp_path: Path) -> None:
    for flags in (["--path", "N01a"], ["--paths", str(S1_FILE)]):
        with pytest.raises(CommandError) as refused:
            _call("play_scenario", str(tmp_path / "none.json"), *flags)
        assert refused.value.returncode == 2


def test_file_that_is_no_text_is_bad_use(tmp_path: Path) -> None:
    file = tmp_path / "binary.json"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError) as refused:
        _call("play_scenario", str(file), "--path", "N01a")
    assert refused.value.returncode == 2


# import_scenario


@pytest.mark.django_db
def test_import_stores_a_draft_and_releases_on_request() -> None:
    first = json.loads(_call("import_scenario", str(S1_FILE), "--json")[1])
    assert first == {
        "key": "S1",
        "title": "老楼新梯",
        "content_hash": ScenarioDraft.objects.get().content_hash,
        "number": None,
    }
    for _again in range(2):
        released = json.loads(_call("import_scenario", str(S1_FILE), "--release", "--json")[1])
        assert released == first | {"number": 1}
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.django_db
def test_import_of_a_faulty_document_stores_nothing(bad_file: Path) -> None:
    with pytest.raises(CommandError) as refused:
        _call("import_scenario", str(bad_file), "--release", "--json")
    assert (refused.value.returncode, ScenarioDraft.objects.count()) == (2, 0)
    assert str(refused.value).splitlines()[1] == "第 1 行，endings[0].cap：应在 0 与 100 之间"
