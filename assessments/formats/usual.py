"""What files leave unsaid and every reader says the same way: the two judgements, the one blank, the one criterion; and
how numbers are written in keys, and what places in a file are called."""

from collections.abc import Callable
from decimal import Decimal

from assessments.items.checking import as_decimal, as_text
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

TRUE_FALSE = [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]
BLANK_LABEL = "答案"
BY_ANSWER, BY_SAMPLE = (
    "按答题情况给分",
    "按参考答案给分",
)  # an essay without a rubric; one with a model answer
CRITERION = {"id": "c1", "text": BY_ANSWER, "max": 1}
PICTURE = "图"  # with its number, what a picture is called that nobody has described
MOST_DIGITS = 15  # of a whole number that every program reads as the same number
LARGEST_EXPONENT = 30

Unit = Callable[[int], Message]  # what a file counts its places in: `at_line`, `at_paragraph` …


def number_in(value: object) -> Decimal | None:
    """The number; None for what is none, or is out of all proportion."""
    number = as_decimal(value.strip() if isinstance(value, str) else value)
    return (
        number if number is not None and (not number or abs(number.adjusted()) < LARGEST_EXPONENT) else None
    )


def key_number(number: Decimal) -> int | str:
    """A number as it stands in a key: a whole one as such, any other and a very long one as decimal text."""
    text = as_text(number)
    return int(text) if len(text.lstrip("-")) <= MOST_DIGITS and "." not in text else text


def at_line(number: int) -> Message:
    return Message(_("line %(number)s"), {"number": number})


def at_paragraph(number: int) -> Message:
    return Message(_("paragraph %(number)s"), {"number": number})


def at_row(number: int) -> Message:
    return Message(_("row %(number)s"), {"number": number})


def numbered(number: int, name: str = "") -> Message:
    """The question of this number, with its name where it has one."""
    if not name:
        return Message(_("question %(number)s"), {"number": number})
    return Message(_("question %(number)s (%(name)s)"), {"number": number, "name": name})


def named(name: str) -> Message:
    """A place that the file itself has a name for."""
    return Message("%(name)s", {"name": name})


def within(place: Message, field: str | Message) -> Message:
    """A field of the question there."""
    return Message("%(place)s, %(field)s", {"place": place, "field": field})
