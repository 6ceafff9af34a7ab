"""What taking a row would do: asked when a file is read, and again, under the paper's lock, when it is taken."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from assessments.marking.settling import Given, left_of
from assessments.marksheets.worth import Worth
from assessments.models import AttemptStatus, MarkLineFate

Fate = tuple[MarkLineFate, str]


def fate_of(worth: Worth, given: Sequence[Given], status: AttemptStatus) -> Fate:
    """The fate, and why a row is skipped.

    A mark that a person gave stays: a file is no second opinion, that is a recheck. Once the result is out no file
    changes it.
    """
    left = left_of(given)
    imported = [each for each in left if each.imported]
    if imported and says(imported[-1], worth):
        return MarkLineFate.SAME, ""
    if status == AttemptStatus.OPEN:
        return MarkLineFate.SKIPPED, _("This paper has not been handed in yet.")
    if status == AttemptStatus.COMPLETE:
        return MarkLineFate.SKIPPED, _("The result is out: no file changes it. A recheck may, on request.")
    if any(not each.imported for each in left):
        return MarkLineFate.SKIPPED, _("A marker has marked this answer here; that stays.")
    return (MarkLineFate.CHANGED if imported else MarkLineFate.NEW), ""


def says(mark: Given, worth: Worth) -> bool:
    """Whether a mark says the same as a row."""
    return (mark.points, dict(mark.marks), mark.penalty, mark.comment) == (
        worth.points,
        worth.marks,
        worth.penalty,
        worth.comment,
    )
