"""`check_scenario FILE.json [--seed N] [--budget N]`: prove a scenario before anybody plays it. Needs no database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.commands import Report, ReportCommand
from simulations.engine.document import ScenarioInvalid, parse_text
from simulations.engine.proof import report as proof
from simulations.engine.scenario import Scenario
from simulations.scenarios import InvalidDocument


class Command(ReportCommand):
    help = "Look at everything a play can come to: dead ends, loops, what is never reached, what gives answers away."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--seed", type=int, default=0, help="of the plays that are drawn")
        parser.add_argument(
            "--budget", type=int, help="the most states to look at; beyond them plays are drawn"
        )
        parser.add_argument("--untimed", action="store_true", help="leave out how long it took")

    def report(self, **options: Any) -> Report:
        """See `simulations.engine.proof.writing`; an error among the findings is exit 1."""
        scenario = _read(options["file"])
        found = proof.check(scenario, seed=options["seed"], budget=options["budget"])
        data = found.as_json()
        if options["untimed"]:
            del data["seconds"]
        return Report(data, lines=tuple(_lines(found)), finding=found.has_errors)


def _read(file: Path) -> Scenario:
    text = file.read_text(encoding="utf-8")
    try:
        return parse_text(text, tolerant=True)
    except ScenarioInvalid as invalid:
        raise InvalidDocument(invalid.problems).located(text) from invalid


def _lines(found: proof.Report) -> list[str]:
    if found.exact:
        first = ngettext(
            "%(count)s state, all of them looked at.",
            "%(count)s states, all of them looked at.",
            found.states,
        )
        lines = [first % {"count": found.states}]
    else:
        lines = [
            _("Too big to look at every state (%(why)s): drawn plays only.") % {"why": found.why_sampled}
        ]
    for finding in found.findings:
        lines.append(
            f"{finding.severity} {finding.kind} {finding.where} {','.join(finding.witness)}".rstrip()
        )
    return lines
