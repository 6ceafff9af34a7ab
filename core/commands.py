"""The common shape of our management commands: `--json` on stdout, exit 0 ok, 1 finding or partial, 2 bad use."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import Refusal


@dataclass(frozen=True)
class Report:
    """What a command found: `data` for machines, `lines` for people, `finding` decides between exit 0 and 1."""

    data: dict[str, Any]
    lines: tuple[str, ...] = ()
    finding: bool = False


class ReportCommand(BaseCommand):
    """A command whose `report(**options)` returns a `Report`. A `Refusal` or missing file is bad use: exit 2."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", dest="as_json", help="machine-readable output")
        return parser

    def report(self, **options: Any) -> Report:
        """Do the work. Subclasses must say what their `data` keys mean."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Subclasses add their own."""

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options.pop("as_json")
        try:
            report = self.report(**options)
        except (Refusal, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error), returncode=2) from error
        if as_json:
            self.stdout.write(json.dumps(report.data, ensure_ascii=False))
        else:
            for line in report.lines:
                self.stdout.write(line)
        if report.finding:
            self.stdout.flush()
            sys.exit(1)
