"""Every sentence of the engine can be told in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from simulations.engine import messages
from simulations.engine.document import parse
from simulations.engine.messages import say
from simulations.wording import TEMPLATES, told, told_of


def test_every_sentence_of_the_engine_is_marked_for_translation() -> None:
    constants = [value for name, value in vars(messages).items() if name.isupper()]
    assert sorted(TEMPLATES) == sorted(constants)


def test_sentence_follows_the_active_language() -> None:
    short = say(messages.TOTAL_SHORT, total=59.9, needed=60.0)
    with translation.override("zh-hans"):
        assert told(short) == "总分 59.9，低于 60.0"
    with translation.override("en"):
        assert told(short) == "total 59.9 is below 60.0"


def test_learners_read_an_ending_by_its_title(document: Any) -> None:
    fails = say(messages.ENDING_FAILS, ending="E5")
    with translation.override("zh-hans"):
        assert told_of(fails, parse(document)) == "结局“程序崩塌：被叫停、被问责”不算通过"
