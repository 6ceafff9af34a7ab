"""Making content exact before it is frozen."""

from __future__ import annotations

from typing import Any

from assessments.items.checking import as_decimal, as_text


def exact(value: Any) -> Any:
    """The same JSON with every float as decimal text (0.6 → "0.6"): a float has no canonical form to hash."""
    if isinstance(value, float):
        number = as_decimal(value)
        if number is None:
            raise ValueError("a number is not finite")
        return as_text(number)
    if isinstance(value, dict):
        return {name: exact(part) for name, part in value.items()}
    if isinstance(value, list):
        return [exact(part) for part in value]
    return value
