"""便利安排: more time or more attempts for one person, asked for by them, given by an administrator who oversees them.

Nobody else learns of it: neither other candidates nor markers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.entry import news
from assessments.entry.running import give_own_time, open_sittings
from assessments.models import REQUEST_TRANSITIONS, Accommodation, ExamVersion, RequestStatus
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person, Role
from people.scope import people_overseen_by

FACTORS = (Decimal(1), Decimal(4))
MOST_ATTEMPTS = 20
REASON_LENGTH = 500
CURRENT = (RequestStatus.REQUESTED, RequestStatus.GRANTED)


@dataclass(frozen=True)
class Arrangement:
    """What somebody has in an exam: all of its time times `time_factor`, and so many attempts on top."""

    time_factor: Decimal = Decimal(1)
    extra_attempts: int = 0


@dataclass(frozen=True)
class Arrangements:
    """What was granted to one person and holds; the more generous counts where one exam and all are meant."""

    granted: Sequence[Accommodation] = ()

    def of(self, exam_key: str) -> Arrangement:
        """What counts in this exam."""
        there = [each for each in self.granted if each.exam_key in ("", exam_key)]
        return Arrangement(
            max((each.time_factor for each in there), default=Decimal(1)),
            max((each.extra_attempts for each in there), default=0),
        )


def request_accommodation(
    *,
    person: Person,
    exam_key: str,
    now: datetime,
    time_factor: Decimal = Decimal(1),
    extra_attempts: int = 0,
    reason: str = "",
) -> Accommodation:
    """Ask for more time or attempts in this exam; what waits or holds already is returned as it is.

    What is wished for stands in the row until somebody decides. Raises Refusal for an exam that is not there
    ("not_released"), for nothing asked ("nothing"), for numbers out of range ("time_factor", "extra_attempts") and for
    a reason that is too long ("reason").
    """
    reason = reason.strip()
    if time_factor == 1 and not extra_attempts and not reason:
        raise Refusal(_("Say what you need: more time, another attempt, or something else."), code="nothing")
    _check_numbers(time_factor, extra_attempts)
    _check_reason(reason)
    _check_released(exam_key)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        current = Accommodation.objects.filter(person=person, exam_key=exam_key, status__in=CURRENT).first()
        if current:
            return current
        accommodation = Accommodation.objects.create(
            person=person,
            exam_key=exam_key,
            reason=reason,
            time_factor=time_factor,
            extra_attempts=extra_attempts,
            requested_at=now,
        )
        _audit("accommodation.requested", accommodation, by=person, now=now)
        news.ask_for_accommodation(accommodation, now=now)
    return accommodation


def grant_accommodation(
    *,
    accommodation: Accommodation,
    time_factor: Decimal,
    extra_attempts: int,
    by: Person,
    now: datetime,
    until_on: date | None = None,
    every_exam: bool = False,
) -> Accommodation:
    """Give what is given, until a day or without end, in this exam or in all; one that was decided stays as it is.

    A sitting of theirs that is open gets the time at once. Raises NotAllowed unless `may_decide`, Refusal for nothing
    given ("nothing"), numbers out of range, a day that is over ("until_on"), and where another one holds for all exams
    ("another").
    """
    _check_numbers(time_factor, extra_attempts)
    if time_factor == 1 and not extra_attempts:
        raise Refusal(_("Give more time or another attempt, or decide against it."), code="nothing")
    if until_on and until_on < timezone.localdate(now):
        raise Refusal(_("This day is over. Choose a later one or leave it empty."), code="until_on")
    with transaction.atomic():
        accommodation = _locked(accommodation)
        _check_may_decide(by, accommodation, at=now)
        if accommodation.status != RequestStatus.REQUESTED:
            return accommodation
        accommodation.time_factor, accommodation.extra_attempts = time_factor, extra_attempts
        accommodation.until_on = until_on
        accommodation.exam_key = "" if every_exam else accommodation.exam_key
        before = arrangements_of(accommodation.person, on=timezone.localdate(now))
        _settle(accommodation, RequestStatus.GRANTED, by=by, now=now)
        _count_at_once(accommodation, before, now=now)
        news.accommodation_decided(accommodation, now=now)
    return accommodation


def refuse_accommodation(
    *, accommodation: Accommodation, word: str, by: Person, now: datetime
) -> Accommodation:
    """Decide against it, with a word to the person; one that was decided stays as it is.

    The word goes into their notice and nowhere else. Raises NotAllowed unless `may_decide`, Refusal without a word
    ("word").
    """
    word = word.strip()
    if not word:
        raise Refusal(_("Write a word to the person: why, and what they can do instead."), code="word")
    with transaction.atomic():
        accommodation = _locked(accommodation)
        _check_may_decide(by, accommodation, at=now)
        if accommodation.status != RequestStatus.REQUESTED:
            return accommodation
        _settle(accommodation, RequestStatus.REFUSED, by=by, now=now)
        news.accommodation_decided(accommodation, now=now, word=word)
    return accommodation


def end_accommodation(*, accommodation: Accommodation, by: Person, now: datetime) -> Accommodation:
    """Take a request back, or end what was granted: from now on, never in a sitting that is open. Once is enough.

    Raises NotAllowed for anybody but the person and whoever `may_decide`.
    """
    with transaction.atomic():
        accommodation = _locked(accommodation)
        if by.pk != accommodation.person_id:
            _check_may_decide(by, accommodation, at=now)
        if RequestStatus.ENDED not in REQUEST_TRANSITIONS[RequestStatus(accommodation.status)]:
            return accommodation
        accommodation.status = RequestStatus.ENDED
        accommodation.save(update_fields=["status"])
        _audit("accommodation.ended", accommodation, by=by, now=now)
        news.settle(accommodation, now=now)
        if by.pk != accommodation.person_id:
            news.accommodation_decided(accommodation, now=now)
    return accommodation


def arrangements_of(person: Person, *, on: date) -> Arrangements:
    """What holds for this person on this day. One query."""
    granted = Accommodation.objects.filter(person=person, status=RequestStatus.GRANTED)
    return Arrangements(list(granted.filter(Q(until_on=None) | Q(until_on__gte=on))))


def accommodations_overseen_by(overseer: Person, *, at: datetime) -> QuerySet[Accommodation]:
    """Those of the people this administrator oversees, never their own; lazy."""
    overseen = people_overseen_by(overseer, roles=[Role.ADMINISTRATOR], at=at)
    return Accommodation.objects.filter(person__in=overseen).exclude(person=overseer)


def may_decide(overseer: Person, accommodation: Accommodation, *, at: datetime) -> bool:
    """Whether this person administers the part of the organisation the candidate works in, and is not the candidate."""
    return accommodations_overseen_by(overseer, at=at).filter(pk=accommodation.pk).exists()


def current_of(person: Person, *, on: date) -> list[Accommodation]:
    """What waits for a decision or holds on this day, the oldest first. One query."""
    current = Accommodation.objects.filter(person=person, status__in=CURRENT)
    return list(current.filter(Q(until_on=None) | Q(until_on__gte=on)).order_by("requested_at", "pk"))


def holding(current: Iterable[Accommodation]) -> Arrangements:
    """The same as `arrangements_of`, from what is at hand."""
    return Arrangements([each for each in current if each.status == RequestStatus.GRANTED])


def _settle(accommodation: Accommodation, status: RequestStatus, *, by: Person, now: datetime) -> None:
    accommodation.status, accommodation.decided_by, accommodation.decided_at = status, by, now
    try:
        with transaction.atomic():
            accommodation.save()
    except IntegrityError as error:
        raise Refusal(
            _("Another arrangement for all exams holds for this person. End that one first."), code="another"
        ) from error
    _audit(f"accommodation.{status.value}", accommodation, by=by, now=now)
    news.settle(accommodation, now=now)


def _count_at_once(accommodation: Accommodation, before: Arrangements, *, now: datetime) -> None:
    """Whoever sits there already has the time too."""
    after = Arrangements([*before.granted, accommodation])
    for attempt in open_sittings(accommodation.person, accommodation.exam_key, now=now):
        key = attempt.exam_key
        give_own_time(attempt, before=before.of(key).time_factor, after=after.of(key).time_factor, now=now)


def _check_numbers(time_factor: Decimal, extra_attempts: int) -> None:
    low, high = FACTORS
    if not low <= time_factor <= high:
        raise Refusal(_("Time can be given once to four times."), code="time_factor")
    if not 0 <= extra_attempts <= MOST_ATTEMPTS:
        raise Refusal(
            _("At most %(most)s attempts can be given on top.") % {"most": MOST_ATTEMPTS},
            code="extra_attempts",
        )


def _check_reason(reason: str) -> None:
    if len(reason) > REASON_LENGTH:
        raise Refusal(
            _("The text is longer than %(most)s characters.") % {"most": REASON_LENGTH}, code="reason"
        )


def _check_released(exam_key: str) -> None:
    if exam_key and not ExamVersion.objects.filter(key=exam_key).exists():
        raise Refusal(_("This exam has not been released yet."), code="not_released")


def _check_may_decide(by: Person, accommodation: Accommodation, *, at: datetime) -> None:
    if not may_decide(by, accommodation, at=at):
        raise NotAllowed(_("Only an administrator of this person's organisation may do this."))


def _locked(accommodation: Accommodation) -> Accommodation:
    """After the person, as a start does: what is granted meanwhile is seen by it, or finds its sitting."""
    Person.objects.select_for_update(no_key=True).get(pk=accommodation.person_id)
    found = Accommodation.objects.select_for_update(of=("self",)).select_related("person")
    return found.get(pk=accommodation.pk)


def _audit(action: str, accommodation: Accommodation, *, by: Person, now: datetime) -> None:
    audit.record(
        action=action,
        target=f"assessments.accommodation:{accommodation.pk}",
        by=by,
        now=now,
        exam=accommodation.exam_key,
        time_factor=str(accommodation.time_factor),
        extra_attempts=accommodation.extra_attempts,
    )
