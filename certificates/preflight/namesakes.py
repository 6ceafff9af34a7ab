"""People of one name in one batch: they may be two, or one person with two accounts. Whoever approves should know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from certificates.preflight.applicants import Applicant


def namesakes(applicants: Iterable[Applicant]) -> dict[UUID, tuple[str, ...]]:
    """A hint for everybody whose name stands in the batch more than once. It hinders nobody: ID numbers are unique
    among accounts, so who has one is told apart from who has another."""
    by_name: dict[str, list[Applicant]] = defaultdict(list)
    for each in applicants:
        if each.name:
            by_name[each.name].append(each)
    return {
        each.person_id: (_hint(each, [other for other in group if other is not each]),)
        for group in by_name.values()
        if len(group) > 1
        for each in group
    }


def _hint(each: Applicant, others: list[Applicant]) -> str:
    if each.masked_id and all(other.masked_id for other in others):
        return _("Another person in this batch has the same name; their ID numbers differ")
    return _(
        "Another person in this batch has the same name. Without both ID numbers nobody can tell whether it is one "
        "person with two accounts: have the ID numbers entered"
    )
