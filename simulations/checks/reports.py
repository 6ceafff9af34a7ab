"""Reports of checks as they are kept, by the content they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from core.errors import Refusal
from people.models import Person
from simulations.engine.scenario import Scenario
from simulations.models import CheckStatus, ScenarioCheck
from simulations.scenarios import read_document, read_text

Report = Mapping[str, Any]
"""`engine.proof.report.Report.as_json()`."""


def newest_check(content_hash: str) -> ScenarioCheck | None:
    """The check of this content that was finished last. One query."""
    done = ScenarioCheck.objects.filter(content_hash=content_hash, status=CheckStatus.DONE)
    return done.order_by("-finished_at", "-asked_at").first()


def troubled_checks(hashes: Iterable[str]) -> dict[str, ScenarioCheck]:
    """Of these contents those whose newest check failed or found errors. One query; without reports."""
    rows = ScenarioCheck.objects.filter(content_hash__in=list(hashes)).defer("report", "document")
    newest = {row.content_hash: row for row in rows.order_by("asked_at", "pk")}
    return {
        key: row for key, row in newest.items() if row.status == CheckStatus.FAILED or (row.errors or 0) > 0
    }


def trouble_text(check: ScenarioCheck) -> str:
    """What is the matter, in a line."""
    if check.status == CheckStatus.FAILED:
        return _("Its check could not be worked out")
    count = check.errors or 0
    return ngettext("Its check found %(count)d error", "Its check found %(count)d errors", count) % {
        "count": count
    }


@transaction.atomic
def store_report(*, document: object, report: Report, by: Person | None, now: datetime) -> ScenarioCheck:
    """Keep a report that was worked out elsewhere, by the command for instance; the same again changes nothing.

    `document` is JSON text, or the same already parsed. Raises InvalidDocument for what is no scenario, Refusal
    ("other") for a report about another one.
    """
    read = read_document(read_text(document) if isinstance(document, str) else document)
    if report.get("content_hash") != read.scenario.content_hash:
        raise Refusal(_("This report is about another content of the rehearsal."), code="other")
    known = newest_check(read.scenario.content_hash)
    if known and known.report == report:
        return known
    check = ScenarioCheck.objects.create(
        **described(read.scenario, read.text), **found(report), seed=report["seed"], asked_by=by, **at(now)
    )
    audit.record(
        action="scenario.check_stored",
        target=f"simulations.scenario:{check.key}",
        by=by,
        now=now,
        content_hash=check.content_hash,
        errors=check.errors,
    )
    return check


def described(scenario: Scenario, text: str) -> dict[str, Any]:
    """What a check is about, as its row says it."""
    return {"key": scenario.id, "content_hash": scenario.content_hash, "document": text}


def found(report: Report) -> dict[str, Any]:
    """What a finished check says, as its row repeats it."""
    counts = Counter(finding["severity"] for finding in report["findings"])
    return {
        "status": CheckStatus.DONE,
        "report": dict(report),
        "errors": counts["error"],
        "warnings": counts["warning"],
        "exact": report["exact"],
        "stage": "",
    }


def at(now: datetime) -> dict[str, datetime]:
    """Asked and finished in one moment."""
    return {"asked_at": now, "touched_at": now, "finished_at": now}
