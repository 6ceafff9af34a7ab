"""Two clocks: this machine's, which decides every deadline, and the database's (faults.md row 8).

Several web servers share one database; where each of their clocks agrees with the database's, they agree with each
other. A sitting that is under way goes on with the clock it has: nobody's answers are refused because of a clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import Refusal

MOST_SKEW = timedelta(seconds=2)
NONE = timedelta(0)


class ClocksDisagree(Refusal):
    """This machine's clock and the database's are more than two seconds apart."""

    code = "clocks"


def check_clocks() -> None:
    """Raises ClocksDisagree where no exam may be started. One query on PostgreSQL, none on SQLite."""
    if skew() > MOST_SKEW:
        raise ClocksDisagree(
            _(
                "The clocks of this site disagree, so no exam can be started for the moment. Nothing is lost; please "
                "tell the invigilator and try again in a few minutes."
            )
        )


def skew() -> timedelta:
    """How far the two clocks are apart at least, never negative.

    The database's clock is read somewhere between the question and the answer: a slow answer is no skew. SQLite runs in
    this process and reads this machine's clock. Raises the database's error when it does not answer.
    """
    if connection.vendor == "sqlite":
        return NONE
    before = host_clock()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told = cursor.fetchone()[0]
    return max(before - told, told - host_clock(), NONE)


def host_clock() -> datetime:
    """The time this machine tells, whatever moment an operation was called with."""
    return datetime.now(UTC)
