"""Every action that the room writes into the audit log has words for whoever reads the trail."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings

from certificates.models import EventKind, NameAnswer
from certificates.register.actions import WORDS

ROOM = Path(settings.BASE_DIR) / "certificates"
MATTERS = "batch|case|ceremony|certificate|deputy|issuer|mark|name|register|theme|transcript"
ACTION = re.compile(rf"(?:{MATTERS})\.[a-z_]+|certificates\.holder_erased")
NO_ACTIONS = {"theme.json"}  # a file
# Written as “certificate.” or “name.” and the value of the choice.
COMPOSED = {f"certificate.{kind.value}" for kind in EventKind} | {f"name.{word.value}" for word in NameAnswer}


def written() -> set[str]:
    """What stands as an action anywhere in the room's code but in the list itself."""
    sources = [
        each for each in ROOM.rglob("*.py") if each.name != "actions.py" or each.parent.name != "register"
    ]
    words = (
        node.value
        for each in sources
        for node in ast.walk(ast.parse(each.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {word for word in words if ACTION.fullmatch(word)} - NO_ACTIONS | COMPOSED


def test_every_action_has_words_and_no_words_are_left_over() -> None:
    assert len(written()) > 35
    assert sorted(WORDS) == sorted(written())
