"""Everything an analysis says, computed from a matrix and laid down as JSON: the pages only draw it.

Names, scales and units of the figures are those of the dataclasses of `assessments.statistics`; None where a figure
cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assessments.analyses.layouts import Column, Layout
from assessments.analyses.matrices import Matrix
from assessments.statistics import Marks, each_item, marks_of, whole_test
from assessments.statistics.groups import each_contrast
from assessments.statistics.histograms import score_histogram
from assessments.statistics.options import each_choice
from assessments.statistics.parts import each_part
from assessments.statistics.suspicions import suspicions_of


def figures_of(matrix: Matrix) -> dict[str, Any]:
    """{test, items, sections, leaves, histogram, void}; items that do not count are named in `void` alone.

    An item has its `ItemStatistics`, its `contrast` of the upper and lower 27 percent, its `choices` (None where the
    answer is no set of options) with the text of each option, and its `suspicions`: none where a regrade gave everybody
    full marks, which says nothing about the question.
    """
    counting = [at for at, column in enumerate(matrix.layout.columns) if column.max]
    columns = [matrix.layout.columns[at] for at in counting]
    marks = marks_of(
        matrix.scores[:, counting], [column.max for column in columns], per_point=matrix.per_point
    )
    return {
        "test": asdict(whole_test(marks)),
        "items": _items(marks, matrix.choices[:, counting], columns),
        "sections": _parts(marks, _by_section(columns, matrix.layout)),
        "leaves": _parts(marks, _by_leaf(columns)),
        "histogram": asdict(score_histogram(marks, matrix.layout.pass_percent)),
        "void": [column.number for column in matrix.layout.columns if not column.max],
    }


def _items(marks: Marks, chosen: Any, columns: Sequence[Column]) -> list[dict[str, Any]]:
    keys = [[column.options.index(each) for each in column.right] for column in columns]
    items = each_item(
        marks, [str(column.number) for column in columns], [column.guess_share for column in columns]
    )
    choices = each_choice(marks, chosen, [len(column.options) for column in columns], keys)
    found = []
    for column, item, contrast, choice in zip(columns, items, each_contrast(marks), choices, strict=True):
        told = asdict(choice) if choice else None
        for option in told["options"] if told else ():
            option["text"] = column.texts[option["place"]]
        found.append(
            {
                **_named(column),
                **asdict(item),
                "contrast": asdict(contrast),
                "choices": told,
                "suspicions": [] if column.void else [asdict(each) for each in suspicions_of(item, choice)],
            }
        )
    return found


def _named(column: Column) -> dict[str, Any]:
    return {
        "number": column.number,
        "question": column.question,
        "question_id": column.question_id,
        "version": column.version,
        "title": column.title,
        "section": column.section,
        "type": column.type,
        "void": column.void,
    }


def _parts(marks: Marks, parts: Mapping[str, Mapping[int, float]]) -> list[dict[str, Any]]:
    return [asdict(each) for each in each_part(marks, parts)]


def _by_section(columns: Sequence[Column], layout: Layout) -> dict[str, dict[int, float]]:
    """Section number → its columns; nothing for an exam without sections."""
    return {
        str(number): {at: 1.0 for at, each in enumerate(columns) if each.section == number}
        for number, _title in enumerate(layout.sections, start=1)
    }


def _by_leaf(columns: Sequence[Column]) -> dict[str, dict[int, float]]:
    """Leaf competency → its columns, each with the share of the item's points that is the leaf's."""
    leaves = sorted({leaf for column in columns for leaf in column.leaves})
    return {
        leaf: {at: each.leaves[leaf] for at, each in enumerate(columns) if each.leaves.get(leaf)}
        for leaf in leaves
    }
