"""What is still missing for a certificate, and how it is got: the table under the next certificate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.models import AttemptStatus
from assessments.queries import AttemptSummary
from assessments.standings import SchemeStanding, Step
from cms.home.proposals import may_sit
from mentoring.circles import Bond


@dataclass(frozen=True)
class Way:
    """One missing requirement: about how many minutes it takes, and a link or the words for what happens next."""

    title: str
    minutes: int
    words: str
    url: str = ""


def ways_to(
    standing: SchemeStanding, *, attempts: Iterable[AttemptSummary], mentor: Bond | None
) -> Iterator[Way]:
    """The cheapest way to a certificate, in the order of its scheme."""
    attempts = list(attempts)
    for step in standing.missing:
        words = _why_not_now(step, attempts, mentor)
        yield Way(step.title, step.minutes, words or step.url_text, "" if words else step.url)


def _why_not_now(step: Step, attempts: list[AttemptSummary], mentor: Bond | None) -> str:
    """Words where there is nothing to press."""
    if step.kind == "endorsement":
        if mentor is None:
            return _("A mentor writes it; you have none yet")
        return _("%(name)s writes it when the goals are reached") % {"name": mentor.mentor.name}
    if step.kind == "practice":
        return _("Counted from confirmed practice")
    if step.kind == "exam":
        return _exam(step, [sitting for sitting in attempts if sitting.exam_key == step.subject_key])
    return "" if step.url else _("Ask your administrator")


def _exam(step: Step, sittings: list[AttemptSummary]) -> str:
    if any(sitting.status == AttemptStatus.MARKING for sitting in sittings):
        return _("Handed in, being marked")
    if not step.ready:
        return step.url_text
    if any(sitting.status == AttemptStatus.OPEN for sitting in sittings):
        return ""
    return "" if may_sit(step.subject_key, sittings) else _("No attempt is left; ask your administrator")
