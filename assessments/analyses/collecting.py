"""From results and answers to a score matrix: read in portions, as plain rows, so that memory stays flat."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.db.models import Aggregate, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from assessments.analyses.layouts import Layout
from assessments.analyses.matrices import ABSENT, STEPS, Integers, Matrix, narrowed, reduce_steps
from assessments.analyses.selecting import Selection
from assessments.models import Result

PORTION = 250
BETWEEN = "\x1f"

Told = Callable[[int], object]


def collect(layout: Layout, selection: Selection, tell: Told = lambda done: None) -> Matrix:
    """Scores and choices of the selected sittings, in their order. `tell` hears how many are done, after each portion.

    Two queries a portion. An item that does not count (its points are 0 on the terms in force) is absent everywhere.
    """
    size = len(selection.sittings), len(layout.columns)
    hundredths = np.full(size, ABSENT, dtype=np.int32)
    choices = np.full(size, ABSENT, dtype=np.int32)
    codes = Codes(layout)
    ids = [each.result_id for each in selection.sittings]
    for begin in range(0, len(ids), PORTION):
        portion = ids[begin : begin + PORTION]
        into = slice(begin, begin + len(portion))
        _read_portion(portion, codes, hundredths[into], choices[into])
        tell(begin + len(portion))
    resting = [at for at, column in enumerate(layout.columns) if not column.max]
    hundredths[:, resting] = choices[:, resting] = ABSENT
    scores, per_point = reduce_steps(hundredths)
    return Matrix(layout, per_point, scores, narrowed(choices))


class Codes:
    """What stored text stands for: the column of an item, the bits of a response, the hundredths of points. Each is
    read once, however often it occurs."""

    def __init__(self, layout: Layout) -> None:
        self.columns = {str(column.item_id): at for at, column in enumerate(layout.columns)}
        self._bits = {
            str(column.item_id): {option: 1 << place for place, option in enumerate(column.options)}
            for column in layout.columns
        }
        self._responses: dict[tuple[str, str], int] = {}
        self._points: dict[str, int] = {}

    def of_answers(self, items: Sequence[str], responses: Sequence[str]) -> list[int]:
        """The bits that each answer chose."""
        known = self._responses
        for pair in set(zip(items, responses, strict=True)).difference(known):
            known[pair] = self._read_response(*pair)
        return [known[pair] for pair in zip(items, responses, strict=True)]

    def of_points(self, texts: Sequence[str]) -> list[int]:
        """Points in hundredths."""
        known = self._points
        for text in set(texts).difference(known):
            known[text] = round(float(text) * STEPS)
        return [known[text] for text in texts]

    def _read_response(self, item: str, text: str) -> int:
        bits = self._bits[item]
        if not bits:
            return ABSENT
        chosen = json.loads(text) if text else None
        chosen = [chosen] if isinstance(chosen, str) else chosen or []
        return sum(bits.get(each, 0) for each in chosen)


def _read_portion(ids: list[int], codes: Codes, hundredths: Integers, choices: Integers) -> None:
    """Fill the rows of these results."""
    row_of = {pk: row for row, pk in enumerate(ids)}
    columns_of: dict[int, Integers] = {}
    for pk, slots, items, responses in _papers(ids):
        row, item_ids = row_of[pk], items.split(BETWEEN)
        columns = [codes.columns[item] for item in item_ids]
        choices[row, columns] = codes.of_answers(item_ids, responses.split(BETWEEN))
        columns_of[pk] = _by_slot(list(map(int, slots.split(BETWEEN))), columns)
    for pk, text in _results(ids):
        lines, row = json.loads(text), row_of[pk]
        places = columns_of[pk][[line["slot"] for line in lines]]
        hundredths[row, places] = codes.of_points([line["points"] for line in lines])


def _by_slot(slots: list[int], columns: list[int]) -> Integers:
    places = np.zeros(max(slots) + 1, dtype=np.intp)
    places[slots] = columns
    return places


def _papers(ids: list[int]) -> QuerySet[Any, Any]:
    """(result, slots, items, responses as stored) of each paper, joined: a third of what a row for each place costs."""
    answer = "attempt__answers__"
    response = Coalesce(Cast(answer + "response", TextField()), Value(""))
    return (
        Result.objects.filter(pk__in=ids)
        .values_list("pk")
        .annotate(slots=Joined(answer + "slot"), items=Joined(answer + "item"), responses=Joined(response))
    )


def _results(ids: list[int]) -> QuerySet[Any, Any]:
    return Result.objects.filter(pk__in=ids).values_list("pk", Cast("items", TextField()))


class Joined(Aggregate):
    """Texts in one, with a character between them that JSON never holds as it is. Of one group, all in one order."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, CHAR(31))"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "STRING_AGG((%(expressions)s)::text, CHR(31))"
        return super().as_sql(compiler, connection, template=template, **extra)
