"""Score matrices as they lie in the database: small integers, compressed.

Scores count in steps of 1/`per_point` point; `ABSENT` where the item was not on that paper. Choices are sets of options
as bits, the first option the lowest bit; nothing chosen is 0, and `ABSENT` where the item was not on the paper or its
answer is no set of options. Both are candidates × items, row by row, in the smallest integers that hold them.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assessments.analyses.layouts import Layout
from assessments.models import ScoreMatrix

ABSENT = -1
STEPS = 100
"""Points are scored to the hundredth."""
WIDTHS = (np.int8, np.int16, np.int32)
LEVEL = 3  # of zlib: a third of the time of the usual 6 for a tenth more bytes

Integers = npt.NDArray[Any]


@dataclass(frozen=True)
class Matrix:
    """What was collected: `scores` and `choices` are candidates × columns, signed integers."""

    layout: Layout
    per_point: int
    scores: Integers
    choices: Integers

    def points(self) -> npt.NDArray[np.float64]:
        """Scores in points, NaN where the item was not on the paper."""
        points = self.scores / float(self.per_point)
        points[self.scores == ABSENT] = np.nan
        return points


def reduce_steps(hundredths: Integers) -> tuple[Integers, int]:
    """The same scores in the coarsest steps that hold them exactly, as small integers; and the steps per point."""
    present = hundredths[hundredths != ABSENT]
    common = int(np.gcd.reduce(present)) if present.size else STEPS
    per_point = STEPS // int(np.gcd(common, STEPS)) if common else 1
    reduced = np.where(hundredths == ABSENT, ABSENT, hundredths * per_point // STEPS)
    return narrowed(reduced), per_point


def narrowed(numbers: Integers) -> Integers:
    """In the smallest signed integers that hold them."""
    most = int(numbers.max(initial=0))
    return numbers.astype(next(width for width in WIDTHS if most <= np.iinfo(width).max), copy=False)


def pack(numbers: Integers) -> bytes:
    """Width in bytes, then the numbers column by column (neighbours are alike), compressed."""
    columns = np.ascontiguousarray(numbers.T)
    content = columns.astype(columns.dtype.newbyteorder("<")).tobytes()
    return bytes([numbers.dtype.itemsize]) + zlib.compress(content, LEVEL)


def unpack(content: bytes | memoryview, rows: int, columns: int) -> Integers:
    """What was packed. Raises ValueError where the content has another size."""
    content = bytes(content)
    kind = np.dtype(f"<i{content[0]}")
    return np.frombuffer(zlib.decompress(content[1:]), dtype=kind).reshape(columns, rows).T


def stored_matrix(matrix: ScoreMatrix) -> Matrix:
    """A matrix as the database keeps it, unpacked."""
    size = matrix.rows, matrix.columns
    return Matrix(
        layout=Layout.from_json(matrix.layout),
        per_point=matrix.per_point,
        scores=unpack(matrix.scores, *size),
        choices=unpack(matrix.choices, *size),
    )
