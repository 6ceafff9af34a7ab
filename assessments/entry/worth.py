"""What the next paper of an exam is out of, on the terms in force: what its candidate is told beforehand."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from assessments.items.checking import as_text
from assessments.models import ExamVersion
from assessments.regrading.terms import Terms


def points_in_force(version: ExamVersion, terms: Terms) -> str:
    """The points of a paper that is begun now, as text: 98; 98–100 where it depends on the questions that are drawn.

    Asks nothing: the document of the release says what each question gives and how many each section takes.
    """
    if not terms.corrected:
        return version.points_text
    document = version.document
    worths: defaultdict[int, list[Decimal]] = defaultdict(list)
    for number, item in enumerate(document["items"], start=1):
        worths[item.get("section", 1)].append(terms.worth_of(number, Decimal(item["points"])))
    counts = {1: document.get("draw") or len(document["items"])}
    if document.get("sections"):
        counts = {number: each["count"] for number, each in enumerate(document["sections"], start=1)}
    least, most = Decimal(0), Decimal(0)
    for section, count in counts.items():
        ordered = sorted(worths[section])
        least += sum(ordered[:count], Decimal(0))
        most += sum(ordered[-count:], Decimal(0))
    return as_text(least) if least == most else f"{as_text(least)}–{as_text(most)}"
