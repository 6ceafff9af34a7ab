"""The common manners of our commands: --json, and exit 0, 1 or 2."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core.commands import Report, ReportCommand
from core.errors import NotAllowed, Refusal


class Counting(ReportCommand):
    """A command that answers what it is told to."""

    def __init__(self, answer: Report | Exception) -> None:
        super().__init__()
        self.answer = answer

    def report(self, **options: Any) -> Report:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def run(answer: Report | Exception, **options: Any) -> str:
    out = io.StringIO()
    call_command(Counting(answer), stdout=out, **options)
    return out.getvalue()


def test_command_speaks_to_people_by_default() -> None:
    assert run(Report({"imported": 2}, ("两行", "成功"))) == "两行\n成功\n"


def test_command_speaks_json_when_asked() -> None:
    assert json.loads(run(Report({"imported": 2, "名": "林"}), as_json=True)) == {"imported": 2, "名": "林"}


def test_finding_exits_with_one() -> None:
    with pytest.raises(SystemExit) as left:
        run(Report({}, finding=True))
    assert left.value.code == 1


@pytest.mark.parametrize(
    "error",
    [
        Refusal("不行"),
        NotAllowed("不行"),
        FileNotFoundError("x"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
    ],
)
def test_bad_use_exits_with_two(error: Exception) -> None:
    with pytest.raises(CommandError) as refused:
        run(error)
    assert refused.value.returncode == 2
    assert str(refused.value) == str(error)


def test_refusal_keeps_its_code() -> None:
    assert (Refusal("x").code, Refusal("x", code="capacity").code, NotAllowed("x").code) == (
        "refused",
        "capacity",
        "not_allowed",
    )
