"""What the settings of an exam may say; what they mean stands in `exams.settings`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from assessments.exams.settings import Grading, LatePolicy, Phase, Shown
from assessments.items.checking import (
    as_decimal,
    check_count,
    check_fields,
    check_flag,
    check_one_of,
    check_text,
)
from assessments.items.problems import Problems, gettext_noop
from competencies.framework import views

FEEDBACK = ("end", "each")
MOST_MINUTES = 600
MOST_LATE_MINUTES = 24 * 60
MOST_HOURS = 366 * 24
MOST_ADDRESSES = 50
MOST_RECHECK_DAYS = 366
MOST_APART = 100  # points between two marks whose mean still counts
LONGEST_CODE = 40
# Every setting beside those of `definitions.OPTIONAL`, with what it is where it is not set. A release holds only
# those that are set otherwise, so that releases made before a setting existed keep their hash.
USUAL: dict[str, Any] = {
    "draw": None,
    "practice": False,
    "rehearsal": False,
    "pass_text": "",
    "fail_text": "",
    "feedback": "end",
    "shuffle_options": True,
    "cooldown_hours": 0,
    "grading": Grading.BEST,
    "pass_axes": None,
    "opens_at": None,
    "closes_at": None,
    "late_entry_minutes": None,
    "access_code": "",
    "addresses": None,
    "seats_only": False,
    "review": None,
    "rules": "",
    "anonymous_marking": True,
    "late_answers": LatePolicy.ASK,
    "late_minutes": 15,
    "exposure_cap": None,
    "difficulty_tolerance": None,
    "double_marking": False,
    "marking_tolerance": "2",
    "recheck_days": 7,
}
FLAGS = ("practice", "rehearsal", "shuffle_options", "seats_only", "anonymous_marking", "double_marking")
TEXTS = ("pass_text", "fail_text", "rules", "access_code")
CHOICES: dict[str, Iterable[str]] = {
    "feedback": FEEDBACK,
    "grading": tuple(Grading),
    "late_answers": tuple(LatePolicy),
}
RANGES = {
    "cooldown_hours": (0, MOST_HOURS),
    "late_entry_minutes": (0, MOST_MINUTES),
    "late_minutes": (0, MOST_LATE_MINUTES),
    "recheck_days": (0, MOST_RECHECK_DAYS),
}


def is_set(name: str, value: Any) -> bool:
    """Whether the setting says something else than is usual."""
    if name == "marking_tolerance":
        return value not in (None, "") and as_decimal(value) != as_decimal(
            USUAL[name]
        )  # 2, 2.0 and "2" are one
    return value not in (None, "", [], {}) and value != USUAL.get(name)


def check_settings(problems: Problems, data: Mapping[str, Any]) -> None:
    """Add what is wrong with the settings that are given; None counts as not given."""
    given = {name: value for name, value in data.items() if value is not None}
    for name in FLAGS:
        if name in given:
            check_flag(problems, name, given[name])
    for name in TEXTS:
        if name in given:
            check_text(problems, name, given[name])
    for name, known in CHOICES.items():
        if name in given:
            check_one_of(problems, name, given[name], known)
    for name, (least, most) in RANGES.items():
        if name in given:
            check_whole(problems, name, given[name], least, most)
    if "draw" in given:
        check_count(problems, "draw", given["draw"])
    if "marking_tolerance" in given:
        _check_tolerance(problems, given["marking_tolerance"])
    if len(str(given.get("access_code", ""))) > LONGEST_CODE:
        too_long(problems, "access_code", LONGEST_CODE)
    _check_window(problems, given)
    _check_addresses(problems, given.get("addresses", []))
    _check_review(problems, given.get("review", {}))
    if "pass_axes" in given:
        _check_axes(problems, given["pass_axes"])


def check_whole(problems: Problems, where: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        problems.add(where, gettext_noop("Give a number from %(least)s to %(most)s."), least=least, most=most)


def check_percent(problems: Problems, where: str, value: object) -> None:
    percent = as_decimal(value)
    if percent is None or not 0 <= percent <= 100:
        problems.add(where, gettext_noop("Give a number from %(least)s to %(most)s."), least=0, most=100)


def _check_tolerance(problems: Problems, value: object) -> None:
    apart = as_decimal(value)
    if apart is None or not 0 <= apart <= MOST_APART:
        text = gettext_noop("Give a number from %(least)s to %(most)s.")
        problems.add("marking_tolerance", text, least=0, most=MOST_APART)


def too_long(problems: Problems, where: str, most: int) -> None:
    """Say that a text is longer than that."""
    problems.add(where, gettext_noop("The text is longer than %(most)s characters."), most=most)


def _check_window(problems: Problems, given: Mapping[str, Any]) -> None:
    moments = {name: _moment(given[name]) for name in ("opens_at", "closes_at") if name in given}
    for name, moment in moments.items():
        if moment is None:
            text = gettext_noop("Write date, time and zone like 2026-12-01T09:00:00+08:00.")
            problems.add(name, text)
    opens_at, closes_at = moments.get("opens_at"), moments.get("closes_at")
    if opens_at and closes_at and opens_at >= closes_at:
        problems.add("closes_at", gettext_noop("The exam closes before it opens."))


def _moment(value: object) -> datetime | None:
    """The time written so, None if it is none or has no zone."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.utcoffset() is not None else None


def _check_addresses(problems: Problems, value: object) -> None:
    if not isinstance(value, list) or len(value) > MOST_ADDRESSES:
        problems.add("addresses", gettext_noop("Give a list of at most %(most)s."), most=MOST_ADDRESSES)
        return
    for number, each in enumerate(value):
        if not is_network(each):
            text = gettext_noop("Write a network address like 10.1.2.0/24.")
            problems.add(f"addresses[{number}]", text)


def is_network(value: object) -> bool:
    """Whether this is an address or a range of addresses, such as 10.1.2.0/24."""
    try:
        return isinstance(value, str) and bool(ip_network(value, strict=False))
    except ValueError:
        return False


def _check_review(problems: Problems, value: object) -> None:
    phases = check_fields(problems, "review", value, frozenset(), frozenset(Phase))
    for phase, shown in phases.items():
        if not isinstance(shown, list):
            problems.add(f"review.{phase}", gettext_noop("Give a list of ids."))
            continue
        for each in shown:
            check_one_of(problems, f"review.{phase}", each, Shown)


def _check_axes(problems: Problems, value: object) -> None:
    fields = check_fields(problems, "pass_axes", value, frozenset({"view", "axes"}))
    if "view" in fields:
        check_one_of(problems, "pass_axes.view", fields["view"], views())
    axes = fields.get("axes")
    if not isinstance(axes, Mapping) or not axes:
        problems.add("pass_axes.axes", gettext_noop("This must be an object with named fields."))
        return
    chosen = views().get(str(fields.get("view")))
    known = [axis.key for axis in chosen.axes] if chosen else list(axes)
    for axis, percent in axes.items():
        check_one_of(problems, "pass_axes.axes", axis, known)
        check_percent(problems, f"pass_axes.axes.{axis}", percent)
