"""Where one script stands for one marker: to be marked, and in which round, or closed, and why. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from assessments.marking.given import given_in, rules_of
from assessments.marking.settling import Given, Round, left_of, may_give, settle
from assessments.models import Answer, AttemptStatus, MarkingLease
from people.models import Person

RESULT_OUT, MARKED, IMPORTED = "result_out", "marked", "imported"
OTHER_ROUND, LEASED = "other_round", "leased"


@dataclass(frozen=True)
class Closed:
    """Why a script cannot be marked here and now, and what to do."""

    title: str
    text: str


@dataclass(frozen=True)
class Script:
    """One script as its marker meets it: to be marked in `round`, or closed for this reason.

    `mine` is the marker's own mark that was not taken back, `taken_back` the newest one that was, where this round
    waits for it again; `lapsed` says that the marker's time is over while nobody else has the script.
    """

    answer: Answer
    round: Round | None
    closed: str
    given: tuple[Given, ...]
    mine: Given | None
    lapsed: bool = False
    taken_back: Given | None = None


def read_script(marker: Person, answer: Answer, *, at: datetime) -> Script:
    """Where this script stands for this marker, as `record_mark` would have it. Two queries at most. The answer comes
    with its attempt's version."""
    given = given_in(answer.attempt).get(answer.pk, ())
    mine = next((each for each in reversed(left_of(given)) if _is_by(each, marker)), None)
    if answer.attempt.status != AttemptStatus.MARKING:
        return Script(answer, None, RESULT_OUT if mine else _marked(given), given, mine)
    if mine:
        return Script(answer, Round(mine.round), "", given, mine)
    wanted = settle(given, rules_of(answer.attempt)).wanted
    if wanted is None:
        return Script(answer, None, _marked(given), given, None)
    if not may_give(marker.pk, wanted, given):
        return Script(answer, None, OTHER_ROUND, given, None)
    lease = MarkingLease.objects.filter(answer=answer, round=wanted.value).first()
    is_mine, runs = bool(lease and lease.marker_id == marker.pk), bool(lease and lease.expires_at > at)
    if runs and not is_mine:
        return Script(answer, None, LEASED, given, None)
    taken_back = _taken_back(marker, wanted, given)
    return Script(answer, wanted, "", given, None, lapsed=is_mine and not runs, taken_back=taken_back)


def _taken_back(marker: Person, wanted: Round, given: Sequence[Given]) -> Given | None:
    """What one corrects after taking it back, so that nothing has to be typed again."""
    gone = {each.undoes for each in given}
    own = (each for each in reversed(given) if _is_by(each, marker) and each.round == wanted)
    return next((each for each in own if each.id in gone), None)


def _marked(given: tuple[Given, ...]) -> str:
    return IMPORTED if any(each.imported for each in left_of(given)) else MARKED


def _is_by(mark: Given, marker: Person) -> bool:
    return mark.marker == marker.pk and not mark.imported


def closed_because(reason: str) -> Closed:
    """The sentence for it."""
    titles_and_texts = {
        RESULT_OUT: (
            _("The result is out"),
            _(
                "Your marks stand and no longer change. If something is wrong with them, tell an administrator."
            ),
        ),
        MARKED: (
            _("This script is marked"),
            _(
                "Another marker marked it meanwhile. There is nothing left to do here: go on with the next one."
            ),
        ),
        IMPORTED: (
            _("This script is marked"),
            _(
                "Its marks came in from a file meanwhile. There is nothing left to do here: go on with the next one."
            ),
        ),
        OTHER_ROUND: (
            _("This script waits for another marker"),
            _("You marked it in another round; nobody marks a script twice. Go on with the next one."),
        ),
        LEASED: (
            _("Another marker has this script in hand"),
            _("Go on with the next one. If that time runs out, the script comes back to the queue."),
        ),
    }
    return Closed(*titles_and_texts[reason])
