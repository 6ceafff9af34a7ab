"""Checks that are done, for tests about other things: a release asks for one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulations.checks.reports import store_report
from simulations.models import ScenarioCheck
from simulations.scenarios import read_document


def report_of(document: Any, findings: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A report of this content with these findings, and nothing else in it."""
    content_hash = read_document(document).scenario.content_hash
    return {"content_hash": content_hash, "seed": 0, "exact": True, "findings": list(findings)}


def vouch(document: Any, now: datetime) -> ScenarioCheck:
    """Somebody looked at this document and found nothing, whatever is the matter with it."""
    return store_report(document=document, report=report_of(document), by=None, now=now)
