"""`manage.py check_consistency`: the nightly reconciliation, on demand."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cms.consistency import findings
from core.commands import Report, ReportCommand


class Command(ReportCommand):
    help = "Look for what a lost message or a killed worker left behind; exit 1 when something is found."

    def report(self, **options: Any) -> Report:
        """`findings`: sentences, empty when all is well."""
        found = findings(now=timezone.now())
        return Report({"findings": found}, tuple(found) or ("ok",), finding=bool(found))
