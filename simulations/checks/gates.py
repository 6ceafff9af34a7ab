"""The gate of a release: a scenario with an error that is proved does not come before learners."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refusal
from people.models import Person
from simulations.checks.reports import Report, at, described, found, newest_check
from simulations.checks.telling import finding_text
from simulations.engine.document import load, parse
from simulations.engine.proof.report import check as look_at
from simulations.models import CheckStatus, ScenarioCheck
from simulations.scenarios import Draft, scenario_from

QUICK_STATES = 50_000
QUICK_PLAYS = 400
"""A second or two of work, for somebody who waits: small scenarios are proved whole, of others plays are drawn."""


class ErrorsFound(Refusal):
    """A check found what must be put right before a release. `findings` says each in a sentence."""

    code = "errors"

    def __init__(self, findings: tuple[str, ...]) -> None:
        self.findings = findings
        said = _("This cannot be released: its check found errors.")
        super().__init__("\n".join((said, *findings)))


def ensure_checked(*, read: Draft, by: Person | None, now: datetime) -> ScenarioCheck:
    """The newest finished check of this content; where there is none, a quick one, made here and kept."""
    known = newest_check(read.scenario.content_hash)
    if known:
        return known
    report = _quick_report(read.text)
    row = {**described(read.scenario, read.text), **found(report), **at(now)}
    return ScenarioCheck.objects.create(**row, budget=QUICK_STATES, asked_by=by)


def check_releasable(check: ScenarioCheck) -> None:
    """Raises ErrorsFound where the check found an error."""
    if check.status == CheckStatus.DONE and check.errors:
        raise ErrorsFound(error_texts(check))


def error_texts(check: ScenarioCheck) -> tuple[str, ...]:
    """Every error that the check found, in a sentence."""
    report: Any = check.report
    scenario = scenario_from(check.document)
    errors = [finding for finding in report["findings"] if finding["severity"] == "error"]
    return tuple(finding_text(finding, scenario) for finding in errors)


@lru_cache(maxsize=32)
def _quick_report(text: str) -> Report:
    """Of the text alone, so a content that was looked at once in this process is not looked at again."""
    return look_at(parse(load(text)), budget=QUICK_STATES, plays=QUICK_PLAYS).as_json()
