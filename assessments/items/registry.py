"""The one table of question types."""

from typing import TypeVar

from assessments.items.base import ItemType

ITEM_TYPES: dict[str, ItemType] = {}

T = TypeVar("T", bound=ItemType)


def register(cls: type[T]) -> type[T]:
    """Class decorator: put one instance of the type into the table under its code.

    Raises ValueError when two classes claim the same code.
    """
    if cls.code in ITEM_TYPES:
        raise ValueError(f"two question types are called {cls.code!r}")
    ITEM_TYPES[cls.code] = cls()
    return cls


def item_type(code: str) -> ItemType:
    """The type of that code. Raises LookupError for a code nobody registered."""
    try:
        return ITEM_TYPES[code]
    except KeyError:
        raise LookupError(f"no question type {code!r}; known: {', '.join(sorted(ITEM_TYPES))}") from None
