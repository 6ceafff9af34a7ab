"""An exam's rules in plain words: pairs (term, value) for components/facts.html. What is not set is not mentioned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.entry.admission import Entrance, in_words
from assessments.entry.overview import Desk
from assessments.exams.settings import Grading, Phase, Shown
from assessments.items.checking import as_text
from competencies import framework

Fact = tuple[str, str]


def facts_of(desk: Desk) -> list[Fact]:
    """What holds before, while and after somebody sits."""
    return [*_before(desk), *_paper(desk), *_grade(desk), *_after(desk)]


def _before(desk: Desk) -> Iterator[Fact]:
    yield _("Open"), _open(desk)
    bar = desk.entrance.last_entry_at if desk.entrance else None
    if bar:
        yield _("Latecomers"), _("are let in until %(at)s") % {"at": in_words(bar)}
    yield _("Time"), _time(desk)


def _open(desk: Desk) -> str:
    entrance = desk.entrance or _next(desk)
    if entrance is None:
        return _("in exam rooms only; you have no seat yet")
    opens, closes = entrance.opens_at, entrance.closes_at
    if opens and closes:
        return _("from %(opens)s to %(closes)s") % {"opens": in_words(opens), "closes": _end(opens, closes)}
    if opens:
        return _("from %(opens)s on") % {"opens": in_words(opens)}
    return _("until %(closes)s") % {"closes": in_words(closes)} if closes else _("at any time")


def _end(opens: datetime, closes: datetime) -> str:
    """The time alone where the day is the same."""
    same_day = timezone.localdate(opens) == timezone.localdate(closes)
    return date_format(timezone.localtime(closes), "TIME_FORMAT") if same_day else in_words(closes)


def _next(desk: Desk) -> Entrance | None:
    ways = desk.ways
    ahead = [each for each in ways if each.is_ahead(at=desk.now)]
    return next(iter(sorted(ahead, key=lambda each: each.opens_at or desk.now)), ways[-1] if ways else None)


def _time(desk: Desk) -> str:
    minutes = desk.version.minutes
    lines = [_("%(minutes)s minutes, counted by the server from the moment you start") % {"minutes": minutes}]
    if desk.own_minutes:
        whole = _(
            "%(minutes)s minutes (%(own)s of them your own), counted by the server from the moment you start"
        )
        lines = [whole % {"minutes": minutes + desk.own_minutes, "own": desk.own_minutes}]
    if desk.minutes_added:
        lines.append(_("and %(minutes)s minutes that were added") % {"minutes": desk.minutes_added})
    if desk.is_cut:
        lines.append(_("Whoever starts now has %(minutes)s minutes left.") % {"minutes": desk.minutes})
    return "\n".join(lines)


def _paper(desk: Desk) -> Iterator[Fact]:
    document = desk.version.document
    words = _("%(items)s questions, %(points)s points") % {
        "items": desk.item_count,
        "points": desk.points_text,
    }
    if document.get("draw") or document.get("sections"):
        count = len({item["question"] for item in document["items"]})
        drawn = ngettext(
            "drawn anew for every paper, from %(count)s question",
            "drawn anew for every paper, from %(count)s questions",
            count,
        )
        if count > desk.item_count:
            words = f"{words}\n{drawn % {'count': count}}"
    yield _("Paper"), words
    needs = [_("%(percent)s%% of the points or more") % {"percent": desk.terms.pass_percent_text}]
    needs += [
        _("and in “%(part)s” %(percent)s%% or more") % {"part": part, "percent": percent}
        for part, percent in _parts(desk)
    ]
    yield _("Pass"), "\n".join(needs)


def _parts(desk: Desk) -> Iterator[tuple[str, str]]:
    """Sections and axes that ask for a percent of their own."""
    for section in desk.version.document.get("sections") or ():
        if section.get("pass_percent") is not None:
            yield section["title"], str(section["pass_percent"])
    if desk.settings.pass_axes:
        titles = {axis.key: axis.title for axis in framework.view(desk.settings.pass_view).axes}
        for key, percent in desk.settings.pass_axes.items():
            yield titles[key], as_text(percent)


def _grade(desk: Desk) -> Iterator[Fact]:
    allowed, left = desk.candidacy.attempts_allowed, desk.candidacy.attempts_left
    lines = [
        _("as many as you like")
        if allowed is None
        else _("at most %(most)s; %(left)s left") % {"most": allowed, "left": left}
    ]
    if desk.settings.cooldown:
        hours = int(desk.settings.cooldown.total_seconds() // 3600)
        lines.append(
            ngettext("at least %(count)s hour between two", "at least %(count)s hours between two", hours)
            % {"count": hours}
        )
    if allowed is None or allowed > 1:
        lines.append(_GRADES[desk.settings.grading]())
    yield _("Attempts"), "\n".join(lines)


def _after(desk: Desk) -> Iterator[Fact]:
    review = desk.settings.review
    handed_in = review[Phase.SUBMITTED]
    yield _("After handing in"), _things(handed_in) or _("whether you passed, nothing more")
    later = review[Phase.CLOSED] - handed_in
    if later:
        yield _when_later(desk), _("also %(things)s") % {"things": _things(later)}


def _when_later(desk: Desk) -> str:
    if any(way.closes_at for way in desk.ways):
        return _("After the exam has closed")
    is_endless = desk.candidacy.attempts_allowed is None
    return _("Once passed") if is_endless else _("Once passed, or no attempt is left")


def _things(shown: frozenset[Shown]) -> str:
    return pgettext("list", ", ").join(_SHOWN[each]() for each in Shown if each in shown)


_GRADES = {
    Grading.BEST: lambda: _("your best result counts"),
    Grading.LAST: lambda: _("your last result counts"),
    Grading.FIRST: lambda: _("your first result counts"),
    Grading.AVERAGE: lambda: _("the average of your results counts"),
}
_SHOWN = {
    Shown.ANSWER: lambda: _("your answers"),
    Shown.MARK: lambda: _("your marks"),
    Shown.KEY: lambda: _("the right answers"),
    Shown.EXPLANATION: lambda: _("the explanations"),
}
