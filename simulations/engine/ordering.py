"""The order in which choices are shown: different for everyone, the same whenever one comes back."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Protocol, TypeVar


class HasId(Protocol):
    @property
    def id(self) -> str: ...


Option = TypeVar("Option", bound=HasId)


def shuffled(choices: Iterable[Option], seed: str | int, node_id: str) -> tuple[Option, ...]:
    """The choices in the order that this seed gives them at this node.

    Derived from SHA-256, not from `random`, so the order survives processes, machines and Python versions.
    """
    return tuple(
        sorted(choices, key=lambda choice: sha256(f"{seed}\n{node_id}\n{choice.id}".encode()).digest())
    )
