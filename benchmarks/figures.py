"""The one line a benchmark prints."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence


def report(name: str, unit: str, values: Sequence[float], **extra: object) -> None:
    """Print median, minimum and maximum of repeated measurements of one figure."""
    line = {
        "name": name,
        "unit": unit,
        "median": round(statistics.median(values), 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
        "n": len(values),
        **extra,
    }
    print(json.dumps(line), flush=True)
