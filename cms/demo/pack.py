"""Reading the demo pack's data files."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

PACK = Path(__file__).parent / "pack"


def read_yaml(name: str) -> Any:
    """A YAML file of the pack."""
    return yaml.safe_load((PACK / name).read_text(encoding="utf-8"))


def read_json(name: str) -> Any:
    """A JSON file of the pack; fractions come as Decimal."""
    return json.loads((PACK / name).read_text(encoding="utf-8"), parse_float=Decimal)


def moment(text: str) -> datetime:
    """A time written in the pack; it carries its zone."""
    return datetime.fromisoformat(text)
