"""What a regrade of runs would change beyond outcomes: the decisions that flip, and the certificates that rest on them.

Runs lie in one room, decisions and certificates in others; this is where they meet, as for exams (`cms.regrades`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from assessments.admin.regrade_effects import Effects
from assessments.admin.regrade_lines import names_in_scope
from assessments.regrading.consequences import Flip, decisions_differing
from cms.regrades import effects_over
from competencies.queries import StandingEvidence
from people.models import Person
from simulations.models import RunRegrade
from simulations.regrading.consequences import decisions_flipping
from simulations.regrading.effects import numbered


def compare_decisions(
    before: StandingEvidence, after: StandingEvidence, at: datetime
) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """Decisions that come out differently, for the dry run of a regrade of runs. Two queries."""
    return decisions_differing(before, after, at=at)


def read_run_effects(regrade: RunRegrade, viewer: Person, at: datetime) -> Effects:
    """For one reader. Nine queries at most, however many decisions flip."""
    flips = [
        Flip(flip.person_id, flip.scheme_version_id, flip.before, flip.after)
        for flip in decisions_flipping(regrade)
    ]
    what = _("Version %(played)s judged by version %(corrected)s") % {
        "played": regrade.played.number,
        "corrected": regrade.corrected.number,
    }
    return effects_over(flips, _names(regrade, viewer, flips, at) if flips else {}, viewer, at, what=what)


def _names(regrade: RunRegrade, viewer: Person, flips: Sequence[Flip], at: datetime) -> dict[UUID, str]:
    """How this reader knows the people: by name in their scope, else by the number of their run."""
    people = {flip.person_id for flip in flips}
    lines = regrade.lines.filter(playthrough__person__in=people).select_related("playthrough")
    numbers = {line.playthrough.person_id: numbered(line) for line in lines.order_by("-pk")}
    return {**numbers, **names_in_scope(viewer, people, at=at)}
