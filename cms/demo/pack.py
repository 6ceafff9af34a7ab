"""Reading the demo pack's data files."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from core.hashing import sha256_hex

PACK = Path(__file__).parent / "pack"


def read_yaml(name: str | Path) -> Any:
    """A YAML file of the pack."""
    return yaml.safe_load((PACK / name).read_text(encoding="utf-8"))


def read_json(name: str | Path) -> Any:
    """A JSON file of the pack; fractions come as Decimal."""
    return json.loads((PACK / name).read_text(encoding="utf-8"), parse_float=Decimal)


def read_questions() -> list[dict[str, Any]]:
    """Every question of the pack's bank, module by module."""
    return _items("questions")


def read_selfchecks() -> list[dict[str, Any]]:
    """Every question that a lesson of the pack asks, course by course."""
    return _items("selfchecks")


def policy_files() -> list[Path]:
    """The pack's clauses and chains, one file for each course or subject."""
    return sorted((PACK / "policies").glob("*.yaml"))


def list_files() -> list[Path]:
    """The pack's entries of the four lists, one file for each scenario they were learnt from."""
    return sorted((PACK / "lists").glob("*.yaml"))


def pack_hash() -> str:
    """The SHA-256 of everything that a history is made of."""
    histories = sorted(path for path in PACK.glob("*.yaml"))
    return sha256_hex(b"".join(path.read_bytes() for path in histories))


def moment(text: str) -> datetime:
    """A time written in the pack; it carries its zone."""
    return datetime.fromisoformat(text)


def _items(folder: str) -> list[dict[str, Any]]:
    return [
        item for path in sorted((PACK / folder).glob("*.json")) for item in read_json(path.relative_to(PACK))
    ]
