"""Why a question cannot be taken, and the few words and numbers all kinds share."""

from typing import Any

from assessments.formats.text_zh.blocks import Block, Value, not_understood
from assessments.formats.text_zh.lexing import half
from assessments.formats.usual import Unit
from assessments.items.checking import as_decimal
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

Made = tuple[dict[str, Any], dict[str, Any]]  # body and answer


class Unusable(ValueError):
    """The question cannot be taken; `reason` says why."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(str(reason))


def no_answer() -> Message:
    return Message(_("no answer is given"))


def no_options() -> Message:
    return Message(_("No options were found. Options begin with A. or A、 or (A)."))


def number(text: str) -> int | str:
    """A whole number as such, any other as its text, exactly as written. Raises Unusable for what is no number."""
    plain = half(text).strip()
    value = as_decimal(plain)
    if value is None or len(plain) > 64:
        raise Unusable(Message(_("“%(text)s” is not a number."), {"text": plain[:40]}))
    return int(plain) if plain.lstrip("-").isdecimal() else plain


def said_yes(text: str) -> bool:
    return text.strip() == "是"


def not_read(value: Value) -> Message:
    return Message(_("The answer “%(text)s” is not understood."), {"text": value.text[:40]})


def beyond(index: int) -> Unusable:
    """An answer points at an option there is not."""
    return Unusable(
        Message(_("The answer names %(label)s, which is not among the options."), {"label": shown(index)})
    )


def shown(index: int) -> str:
    return chr(65 + index) if index < 26 else str(index + 1)


def rule_of(block: Block, unit: Unit, words: tuple[tuple[str, str], ...]) -> str:
    """The rule a 计分 line names; without one exact or the part for each."""
    default = words[0][1] if words[0][0] == "每" else "exact"
    for value in block.named("rule"):
        rule = next((rule for word, rule in words if word in value.text), None)
        if rule:
            return rule
        not_understood(block, unit, "计分", value)
    return default
