"""Everything an analysis says, computed from a matrix and laid down as JSON: the pages only draw it.

Shares are 0 to 1, weights and discrimination percent, marks points, as `assessments.statistics` has them; None where a
figure cannot be told. Definitions and their sources: docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from assessments.analyses.layouts import Column, Layout
from assessments.analyses.matrices import Matrix
from assessments.statistics import Marks, each_item, marks_of, whole_test
from assessments.statistics.marks import number

BARS = 20
"""Of the histogram, each 5 % of the points wide."""


def figures_of(matrix: Matrix) -> dict[str, Any]:
    """Test, items with their options, sections, leaves and the histogram. Items that do not count are left out."""
    counting = [at for at, column in enumerate(matrix.layout.columns) if column.max]
    columns = [matrix.layout.columns[at] for at in counting]
    marks = marks_of(
        matrix.scores[:, counting], [column.max for column in columns], per_point=matrix.per_point
    )
    return {
        "test": asdict(whole_test(marks)),
        "items": _items(marks, columns),
        "sections": _sections(marks, columns, matrix.layout),
        "leaves": _leaves(marks, columns),
        "histogram": histogram_of(marks, matrix.layout.pass_percent),
        "void": [column.number for column in matrix.layout.columns if not column.max],
    }


def _items(marks: Marks, columns: Sequence[Column]) -> list[dict[str, Any]]:
    names = [str(column.number) for column in columns]
    guesses = [column.guess_share for column in columns]
    return [
        {**_named(column), **asdict(figures)}
        for column, figures in zip(columns, each_item(marks, names, guesses), strict=True)
    ]


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


def _sections(marks: Marks, columns: Sequence[Column], layout: Layout) -> list[dict[str, Any]]:
    """One line for each section of the blueprint; none for an exam without sections."""
    return [
        {
            "number": number_,
            "title": title,
            **_part(marks, {at: 1.0 for at, each in enumerate(columns) if each.section == number_}),
        }
        for number_, title in enumerate(layout.sections, start=1)
    ]


def _leaves(marks: Marks, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """One line for each leaf competency: an item counts with the share of its points that the leaf has."""
    leaves = sorted({leaf for column in columns for leaf in column.leaves})
    return [
        {
            "leaf": leaf,
            **_part(
                marks, {at: each.leaves[leaf] for at, each in enumerate(columns) if each.leaves.get(leaf)}
            ),
        }
        for leaf in leaves
    ]


def _part(marks: Marks, shares: Mapping[int, float]) -> dict[str, Any]:
    """`facility`: mean share of the part's points; `n` candidates had any of it."""
    if not shares:
        return {"items": 0, "n": 0, "maximum": None, "facility": None, "sd": None, "alpha": None}
    part = marks.part(shares)
    found = whole_test(part)
    facility = number(part.shares.mean()) if part.n else None
    return {
        "items": len(shares),
        "n": found.n,
        "maximum": found.maximum,
        "facility": facility,
        "sd": number(part.shares.std(ddof=1)) if part.n > 1 else None,
        "alpha": found.alpha,
    }


def histogram_of(marks: Marks, pass_percent: float) -> dict[str, Any]:
    """Papers by share of their points: `BARS` equal steps, the last one with full marks. `passed` of `n` reach the
    percent that is asked for; sections and axes with a percent of their own are not looked at."""
    shares = marks.shares
    places = np.clip((shares * BARS).astype(int), 0, BARS - 1)
    passed = int((shares * 100 >= pass_percent - 1e-7).sum())
    counts = np.bincount(places, minlength=BARS)
    return {
        "counts": counts.tolist(),
        "pass_percent": pass_percent,
        "passed": passed,
        "n": marks.n,
    }
