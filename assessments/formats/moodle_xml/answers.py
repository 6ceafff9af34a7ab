"""What Moodle pays for each answer, in percent, said in the keys of our types."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from assessments.formats.moodle_xml.texts import Asked, Skip, number_of, shorten
from assessments.formats.usual import key_number
from assessments.items.checking import as_text
from assessments.items.problems import gettext_noop as _

FULL = Decimal(100)
WHOLE_WITHIN = Decimal("0.1")  # percent, by which thirds and sevenths may miss the whole
NEAR = Decimal("0.001")  # of the marks: Moodle writes a third as 33.33333

Percent = tuple[str, Decimal]


def share_text(percent: Decimal) -> str:
    """A percentage as the decimal text of a share of one."""
    return as_text(percent / 100)


def only_right(asked: Asked, answers: Sequence[Percent]) -> int:
    """The place of the one answer that earns full marks; shares of the others are told as lost."""
    right = [place for place, (_text, percent) in enumerate(answers) if percent >= FULL]
    if not right:
        raise Skip(_("No answer earns full marks."))
    if len(right) > 1:
        raise Skip(_("Several answers earn full marks, though only one can be chosen."))
    others = [
        f"{shorten(text)} {as_text(percent)}%"
        for place, (text, percent) in enumerate(answers)
        if percent and place != right[0]
    ]
    if others:
        asked.warn(_("What other options earn or cost is not kept: %(shares)s"), shares="；".join(others))
    return right[0]


def weights_of(asked: Asked, percents: Sequence[Decimal], ids: Sequence[str]) -> dict[str, Any]:
    """The key of a multiple choice: the right ones, and the weights where they are not the usual ones."""
    right = [each for each, percent in zip(ids, percents, strict=True) if percent > 0]
    if not right:
        raise Skip(_("No answer earns any marks."))
    key: dict[str, Any] = {"rule": "weighted", "correct": right}
    if abs(sum((percent for percent in percents if percent > 0), -FULL)) > WHOLE_WITHIN:
        asked.warn(_("Exactly the right choices earn full marks here, whatever the file adds up for them."))
    usual = FULL / len(right)
    if any(abs(abs(percent) - usual) > NEAR for percent in percents):
        key["weights"] = {each: share_text(percent) for each, percent in zip(ids, percents, strict=True)}
    return key


def text_key(asked: Asked, answers: Sequence[Percent], *, case: bool) -> dict[str, Any]:
    """The key of a blank for words. Answers that earn nothing are not answers."""
    written = [(_unstarred(asked, text), percent) for text, percent in answers if percent > 0]
    key: dict[str, Any] = {"accepted": [text for text, percent in written if percent >= FULL]}
    if not key["accepted"]:
        raise Skip(_("No answer earns full marks."))
    partial = [{"text": text, "share": share_text(percent)} for text, percent in written if percent < FULL]
    return key | ({"partial": partial} if partial else {}) | ({"case": True} if case else {})


def number_key(asked: Asked, answers: Sequence[tuple[str, Decimal, str]]) -> dict[str, Any]:
    """The key of a blank for a number, of (number, percent, tolerance)."""
    paying = [each for each in answers if each[1] > 0]
    right = next((each for each in paying if each[1] >= FULL), None)
    if right is None:
        raise Skip(_("No answer earns full marks."))
    value = number_of(right[0])
    if value is None:
        raise Skip(_("“%(text)s” is not a number."), text=shorten(right[0]))
    if len(paying) > 1:
        asked.warn(_("Of several numbers that earn marks only %(number)s is kept."), number=as_text(value))
    tolerance = number_of(right[2]) or Decimal(0)
    return {"value": key_number(value)} | ({"tolerance": as_text(tolerance)} if tolerance > 0 else {})


def _unstarred(asked: Asked, text: str) -> str:
    if "*" in text.replace("\\*", ""):
        asked.warn(_("An asterisk stands for any text in Moodle; here it stands for itself."))
    return text.replace("\\*", "*")
