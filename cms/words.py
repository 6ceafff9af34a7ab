"""Small words that several pages put their sentences together with."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def together(*sentences: str) -> str:
    """Whole sentences one after the other, with a space where the language has one; empty ones are left out."""
    said = ""
    for sentence in filter(None, sentences):
        said = (
            pgettext("two sentences", "%(one)s %(other)s") % {"one": said, "other": sentence}
            if said
            else sentence
        )
    return said


def day(on: date) -> str:
    """11 月 22 日: month and day, as one says them."""
    return _("%(month)d/%(day)d") % {"month": on.month, "day": on.day}


def duration(minutes: int) -> str:
    """25 分钟, 2 小时, 2 小时 15 分钟."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d minutes") % {"minutes": rest}
    if not rest:
        return _("%(hours)d hours") % {"hours": hours}
    return _("%(hours)d hours %(minutes)d minutes") % {"hours": hours, "minutes": rest}


def about(minutes: int) -> str:
    """约 10 分钟。, or nothing where no time was said."""
    return _("About %(minutes)s minutes.") % {"minutes": minutes} if minutes else ""
