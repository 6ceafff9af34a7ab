"""The lines of an import as its preview draws them: what candidates would see, and the key for the author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.bank.media import sizes_for
from assessments.models import BankImport, ImportLine, LineFate, Question, QuestionVersion
from assessments.presenting import PresentedItem, present_item, stored_order
from assessments.results.report_lines import KeyLines, key_lines_of
from assessments.transfer.advancing import TAKEABLE
from assessments.transfer.reporting import outcome_of
from competencies.framework import leaf_titles

WARNED = "warned"


@dataclass(frozen=True)
class DrawnLine:
    """A line as the preview draws it. `item` and `key` are None for what cannot be taken.

    `pk` is the question's in the bank, None for a new one; `similar` are (key, percent, primary key).
    """

    line: ImportLine
    item: PresentedItem | None
    key: KeyLines | None
    pk: int | None
    similar: tuple[tuple[str, int, int | None], ...]
    leaves: str
    outcome: str

    @property
    def is_takeable(self) -> bool:
        return self.line.fate in TAKEABLE


def draw_lines(lines: Sequence[ImportLine]) -> list[DrawnLine]:
    """The lines of a page as candidates would see them, keys beside. Two queries, whatever their number."""
    keys = {line.key for line in lines} | {each["key"] for line in lines for each in line.similar}
    pks = dict(Question.objects.filter(key__in=keys).values_list("key", "pk"))
    sizes = sizes_for(line.content["body"] for line in lines if line.content)
    return [_drawn(line, pks, sizes) for line in lines]


def _drawn(line: ImportLine, pks: dict[str, int], sizes: dict[str, Any]) -> DrawnLine:
    item = key = None
    content = line.content or {}
    if content:
        version = QuestionVersion.of(Question(key=line.key), 0, content, by=None, now=timezone.now())
        order = stored_order(version)
        item = present_item(version, order=order, name=f"line-{line.number}", disabled=True, sizes=sizes)
        key = key_lines_of(version, order=order)
    titles = leaf_titles()
    return DrawnLine(
        line=line,
        item=item,
        key=key,
        pk=pks.get(line.key),
        similar=tuple((each["key"], each["percent"], pks.get(each["key"])) for each in line.similar),
        leaves="、".join(titles.get(leaf, leaf) for leaf in content.get("leaves", ())),
        outcome=outcome_of(line),
    )


def count_lines(staged: BankImport) -> dict[str, int]:
    """How many lines have each fate; besides "all", "warned", "chosen" and "taken". One query."""
    fates = {fate.value: Count("pk", filter=Q(fate=fate)) for fate in LineFate}
    counts: dict[str, int] = staged.lines.aggregate(
        all=Count("pk"),
        warned=Count("pk", filter=_noted()),
        chosen=Count("pk", filter=Q(chosen=True, fate__in=TAKEABLE)),
        taken=Count("pk", filter=Q(taken=True)),
        **fates,
    )
    return counts


def _noted() -> Q:
    return ~Q(warnings=[]) | ~Q(similar=[])


def filter_lines(staged: BankImport, fate: str) -> QuerySet[ImportLine]:
    """The lines of one fate, of WARNED, or all of them."""
    lines = staged.lines.order_by("number")
    if fate == WARNED:
        return lines.filter(_noted())
    return lines.filter(fate=fate) if fate in LineFate.values else lines
