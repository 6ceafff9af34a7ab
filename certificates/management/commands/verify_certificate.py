"""Is this file one of ours, untouched, and still valid?"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.verifying import Verdict, verify_file
from core.commands import Report, ReportCommand
from core.errors import Refusal


class Command(ReportCommand):
    """`verdict`: one of altered, unknown, revoked, superseded, suspended, expired, not_yet_valid, authentic;
    `checks`: what was looked at. Exit 0 only for authentic."""

    help = "Check authenticity, integrity and status of a certificate file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the PDF")
        parser.add_argument("--offline", metavar="KEYS", help="verify with keys alone, without the database")

    def report(self, **options: Any) -> Report:
        if options["offline"]:
            raise Refusal(
                _("Offline verification needs signed certificates, which come with a later version."),
                code="offline",
            )
        found = verify_file(Path(options["file"]).read_bytes(), now=timezone.now())
        checks = [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in found.checks]
        lines = [
            str(found.verdict.label),
            *(f"{'✓' if c.ok else '✗'} {c.title} {c.detail}" for c in found.checks),
        ]
        data = {"verdict": found.verdict.value, "checks": checks}
        return Report(data, tuple(lines), finding=found.verdict != Verdict.AUTHENTIC)
