"""Numbers and dates in Chinese characters, as certificates write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_DIGITS = "〇一二三四五六七八九"
_COUNTING = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")


def in_words(number: int) -> str:
    """四十六 for 46, 一百零五 for 105. Raises ValueError outside 0–9999."""
    if not 0 <= number <= 9999:
        raise ValueError(f"{number} is not between 0 and 9999")
    words, gap = "", False
    for place, digit in reversed(list(enumerate(map(int, reversed(str(number)))))):
        if digit:
            words += ("零" if gap else "") + _COUNTING[digit] + _UNITS[place]
        gap = digit == 0 and bool(words)
    if not words:
        return _COUNTING[0]
    return words[1:] if words.startswith("一十") else words


def hours_in_words(hours: Decimal) -> str:
    """四十六; 四点五 for half hours."""
    whole, tenth = divmod(int(hours * 10), 10)
    return in_words(whole) + (f"点{_COUNTING[tenth]}" if tenth else "")


def date_in_words(day: date) -> str:
    """二〇二六年三月九日."""
    return year_in_words(day) + day_in_words(day)


def year_in_words(day: date) -> str:
    """二〇二六年."""
    return "".join(_DIGITS[int(digit)] for digit in str(day.year)) + "年"


def day_in_words(day: date) -> str:
    """三月九日."""
    return f"{in_words(day.month)}月{in_words(day.day)}日"


def date_in_figures(day: date) -> str:
    """2026 年 3 月 9 日."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
