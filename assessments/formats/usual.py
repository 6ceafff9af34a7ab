"""What files leave unsaid and every reader says the same way: the two judgements, the one blank, the one criterion; and
how numbers are written in keys."""

from decimal import Decimal

from assessments.items.checking import as_decimal, as_text

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
