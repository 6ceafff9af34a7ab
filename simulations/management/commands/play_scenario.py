"""`play_scenario FILE.json --path N01b,N02b,… | --paths FILE`: replay written plays. Needs no database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from core.commands import Report, ReportCommand
from simulations.engine.document import ScenarioInvalid, parse_text
from simulations.engine.paths import parse_path, play_path
from simulations.engine.play import PlayError
from simulations.engine.scenario import Scenario
from simulations.scenarios import InvalidDocument


class Command(ReportCommand):
    help = (
        "Replay one path, or one per line of a file: ending, total, leaf scores, views, final values, flags."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        paths = parser.add_mutually_exclusive_group(required=True)
        paths.add_argument("--path", help="steps such as N01b,N02b,N03c")
        paths.add_argument("--paths", type=Path, help="a file with one path per line")

    def handle(self, *args: Any, **options: Any) -> None:
        """One path is one report; many are one line each, and exit 1 tells that some could not be played."""
        if options["paths"] is None:
            super().handle(*args, **options)
            return
        try:
            scenario = _read(options["file"])
            lines = options["paths"].read_text(encoding="utf-8-sig").splitlines()
        except (InvalidDocument, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error), returncode=2) from error
        reports = [_play(scenario, line) for line in lines]
        for report in reports:
            as_json = json.dumps(report.data, ensure_ascii=False)
            self.stdout.write(as_json if options["as_json"] else "\n".join(report.lines))
        if any(report.finding for report in reports):
            self.stdout.flush()
            sys.exit(1)

    def report(self, **options: Any) -> Report:
        """`ending, total, leaf{}, views{}, final{}, flags[], passed`, or `error{step, reason}`."""
        return _play(_read(options["file"]), options["path"])


def _read(file: Path) -> Scenario:
    text = file.read_text(encoding="utf-8")
    try:
        return parse_text(text, tolerant=True)
    except ScenarioInvalid as invalid:
        raise InvalidDocument(invalid.problems).located(text) from invalid


def _play(scenario: Scenario, path: str) -> Report:
    try:
        outcome = play_path(scenario, parse_path(path))
    except PlayError as error:
        data = {"error": {"step": error.step, "reason": error.reason}}
        line = _("Step %(step)s: %(reason)s") % data["error"]
        return Report(data, lines=(line,), finding=True)
    return Report(
        {
            "ending": outcome.ending,
            "total": outcome.total,
            "leaf": dict(outcome.leaf),
            "views": {key: dict(axes) for key, axes in outcome.views.items()},
            "final": dict(outcome.final),
            "flags": list(outcome.flags),
            "passed": outcome.passed,
        },
        lines=(_summary(scenario, outcome.ending, outcome.total, passed=outcome.passed),),
    )


def _summary(scenario: Scenario, ending: str, total: float, *, passed: bool) -> str:
    values = {"ending": ending, "title": scenario.endings[ending].title, "total": total}
    if passed:
        return _("%(ending)s %(title)s: %(total)s, passed") % values
    return _("%(ending)s %(title)s: %(total)s, not passed") % values
