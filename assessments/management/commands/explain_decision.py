"""Why somebody does or does not meet a 1+N scheme."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from assessments.considering import explain
from assessments.standings import ProofLine, SchemeStanding, standings_of
from core.commands import Report, ReportCommand
from core.errors import Refusal
from people.models import Account, Person


class Command(ReportCommand):
    """`data`: met (bool), tree (the proof, nested under `children`), missing (the cheapest way, in order).

    Exit 0 whether met or not: both are answers. Nothing is stored.
    """

    help = "Explain a 1+N decision: the proof tree and the cheapest missing path."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("staff_number")
        parser.add_argument("scheme")

    def report(self, **options: Any) -> Report:
        considered = explain(_person(options["staff_number"]), options["scheme"])
        return Report(considered.decision.as_json(), _lines(standings_of((considered,))[0]))


def _person(staff_number: str) -> Person:
    account = Account.objects.filter(staff_number=staff_number).select_related("person").first()
    if account is None or account.person is None:
        raise Refusal(_("There is nobody with the staff number %(number)s.") % {"number": staff_number})
    return account.person


def _lines(standing: SchemeStanding) -> tuple[str, ...]:
    lines = [*_tree(standing.proof, 0)]
    if standing.missing:
        lines.append(_("Cheapest way, about %(minutes)s minutes:") % {"minutes": standing.minutes})
        lines += [f"- {step.title}" for step in standing.missing]
    return tuple(lines)


def _tree(line: ProofLine, depth: int) -> list[str]:
    sign = "✓" if line.met else "○"
    own = "  " * depth + _("%(sign)s %(title)s: %(have)s") % {
        "sign": sign,
        "title": line.title,
        "have": line.have_text,
    }
    return [own, *(text for child in line.children for text in _tree(child, depth + 1))]
