"""`export_questions --bank NAME --format … OUT`: questions out of the bank."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.formats import FORMATS
from assessments.transfer.exporting import export_questions, module_versions
from core.commands import Report, ReportCommand


class Command(ReportCommand):
    help = "Write a module's questions, answers included, into a file of another program."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path)
        parser.add_argument("--bank", required=True, help="the module")
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))

    def report(self, **options: Any) -> Report:
        """`exported`: questions in the file; `skipped`, `warnings`: what it does not carry, {where, reason}."""
        with options["out"].open("wb") as target:
            found = export_questions(
                versions=module_versions(options["bank"]),
                format=options["format"],
                target=target,
                by=None,
                now=timezone.now(),
            )
        data = {
            "exported": found.exported,
            "skipped": [asdict(line) for line in found.skipped],
            "warnings": [asdict(line) for line in found.warnings],
        }
        lines = [
            *(f"{_('skipped')}: {line.where}: {line.reason}" for line in found.skipped),
            *(f"{_('note')}: {line.where}: {line.reason}" for line in found.warnings),
            _("%(count)d exported.") % {"count": found.exported},
        ]
        return Report(data, lines=tuple(lines), finding=bool(found.skipped))
