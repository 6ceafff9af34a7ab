"""Whether what a candidate was told is saved is still there, unchanged."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assessments.sittings.receipt_checks import check_receipt
from core.commands import Report, ReportCommand


class Command(ReportCommand):
    """`data`: ok (bool), entries (lines of the file), first_bad (number of the first line that does not hold, or null),
    detail (a sentence that names the question).

    Exit 0 when file, journal and answers agree, 1 when something was changed or is missing, 2 for what is no receipt.
    """

    help = "Check a candidate's receipt against the stored journal and answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")

    def report(self, **options: Any) -> Report:
        checked = check_receipt(Path(options["file"]).read_text("utf-8"))
        return Report(asdict(checked), (checked.detail,), finding=not checked.ok)
