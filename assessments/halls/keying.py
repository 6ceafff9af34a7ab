"""Typing a paper in: twice, by two people who do not see each other's reading; a third settles where they differ.

The database holds it: one reading a round, one round a person. When all is settled, the paper becomes a sitting like
any other: its answers cleaned by their types, with their lines in the journal, scored, and told to the candidate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.attempts import submit_attempt
from assessments.halls.copies import copies_within_reach, papers_of, refuse_paper, sat_on_a_screen
from assessments.halls.readings import differing
from assessments.items import ResponseInvalid, item_type
from assessments.items.types.file_upload import FileUpload
from assessments.models import Answer, Attempt, HandedInBy, Keying, PaperCopy, Seat
from assessments.papers import Place
from assessments.sittings import journal
from assessments.wording import in_words
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person
from people.notices import send_notice

BLIND, SETTLING = 2, 3

Responses = Mapping[str, Any]


class ReadingInvalid(Refusal):
    """What was typed is no answer to its question: `problems` says why, by slot."""

    code = "response"

    def __init__(self, problems: Mapping[int, str]) -> None:
        super().__init__(_("Some answers cannot be stored as they are. Look at the marked questions."))
        self.problems = problems


@dataclass(frozen=True)
class Progress:
    """How far a paper is: the readings so far, and the slots that the third has to settle."""

    readings: tuple[Keying, ...]
    open_slots: tuple[int, ...]

    @property
    def round(self) -> int:
        """The reading that comes next."""
        return len(self.readings) + 1

    @property
    def is_settling(self) -> bool:
        return self.round == SETTLING

    def was_read_by(self, person: Person) -> bool:
        return any(reading.keyed_by_id == person.pk for reading in self.readings)


def progress_of(copy: PaperCopy) -> Progress:
    """One query."""
    readings = tuple(copy.keyings.order_by("round"))
    slots = () if len(readings) < BLIND else differing(readings[0].responses, readings[1].responses)
    return Progress(readings, tuple(map(int, slots)))


def key_in(
    *, copy: PaperCopy, round: int, answers: Mapping[int, Any], by: Person, now: datetime
) -> PaperCopy:
    """Store one person's reading, `answers` as posted by slot; make the sitting when that settles the paper.

    `round` is the one the page was made for; None in `answers` stands for a blank question, and a question that is
    left out is asked for. In the third only the slots that differ are read. Somebody's second
    reading of a paper changes nothing, nor does one of a paper that is typed in. Raises NotAllowed, ReadingInvalid,
    and Refusal: before the exam begins ("early"), when somebody else was faster ("round"), when the candidate sat on
    a screen meanwhile ("sat").
    """
    if not copies_within_reach(by, at=now).filter(pk=copy.pk).exists():
        raise NotAllowed(_("This paper is typed in by others."))
    places = papers_of([copy])[copy.pk]
    with transaction.atomic():
        copy = _locked(copy)
        progress = progress_of(copy)
        if copy.attempt_id or progress.was_read_by(by):
            return copy
        _check_open(copy, progress, round, now)
        wanted = [place for place in places if not progress.is_settling or place.slot in progress.open_slots]
        responses = _cleaned(wanted, answers, is_settling=progress.is_settling)
        reading = Keying.objects.create(
            copy=copy, round=round, responses=responses, keyed_by=by, keyed_at=now
        )
        audit.record(
            action="paper.keyed", target=f"assessments.papercopy:{copy.pk}", by=by, now=now, round=round
        )
        settled = _settled((*progress.readings, reading))
        if settled is not None:
            _enter(copy, places, settled, by, now)
    return copy


def _locked(copy: PaperCopy) -> PaperCopy:
    found = PaperCopy.objects.select_for_update(of=("self",))
    return found.select_related("seat__session", "seat__person", "exam_version").get(pk=copy.pk)


def _check_open(copy: PaperCopy, progress: Progress, round: int, now: datetime) -> None:
    if now < copy.seat.session.opens_at:
        raise Refusal(_("This exam has not begun. Papers are typed in when they come back."), code="early")
    if progress.round != round:
        raise Refusal(
            _(
                "Somebody else typed this paper in meanwhile. Nothing of yours was stored; this is what is left."
            ),
            code="round",
        )
    if Seat.objects.filter(sat_on_a_screen(), pk=copy.seat_id).exists():
        raise Refusal(refuse_paper(), code="sat")


def _cleaned(places: list[Place], answers: Mapping[int, Any], *, is_settling: bool) -> dict[str, Any]:
    """Every wanted slot with its response, None for what is said to be blank; nothing is blank by being left out.

    Files are not on paper and not asked for. Raises ReadingInvalid.
    """
    responses: dict[str, Any] = {}
    problems: dict[int, str] = {}
    for place in places:
        version = place.item.question_version
        takes_file = version.type == FileUpload.code
        if place.slot not in answers and not takes_file:
            problems[place.slot] = _unsaid(is_settling=is_settling)
            continue
        raw = None if takes_file else answers[place.slot]
        try:
            response = item_type(version.type).clean_response(version.body, raw)
        except ResponseInvalid as error:
            problems[place.slot] = " ".join(in_words(message) for _where, message in error.problems)
            continue
        if response is None and raw is not None:
            problems[place.slot] = _unsaid(is_settling=is_settling)
        responses[str(place.slot)] = response
    if problems:
        raise ReadingInvalid(problems)
    return responses


def _unsaid(*, is_settling: bool) -> str:
    if is_settling:
        return _("Say which reading the paper shows.")
    return _("Type what stands there, or mark the question as blank.")


def _settled(readings: tuple[Keying, ...]) -> Responses | None:
    """What the paper says, as soon as that is settled: what two agree on, and what the third says of the rest."""
    if len(readings) < BLIND:
        return None
    first, second = readings[0].responses, readings[1].responses
    if len(readings) == SETTLING:
        return {**first, **readings[2].responses}
    return None if differing(first, second) else first


def _enter(
    copy: PaperCopy, places: tuple[Place, ...], responses: Responses, by: Person, now: datetime
) -> None:
    """Make the sitting: begun with the session, over with it, handed in on paper."""
    session, person = copy.seat.session, copy.seat.person
    attempt = Attempt.objects.create(
        person=person,
        exam_version=copy.exam_version,
        exam_key=copy.exam_version.key,
        seed=copy.seed,
        seat=copy.seat,
        started_at=session.opens_at,
        deadline_at=session.closes_at,
    )
    Answer.objects.bulk_create(
        Answer(attempt=attempt, slot=place.slot, item=place.item, order=place.order) for place in places
    )
    for answer in attempt.answers.order_by("slot"):
        if (response := responses.get(str(answer.slot))) is not None:
            journal.write_answer(answer, response, now=now)
    submit_attempt(attempt_id=attempt.pk, by=None, now=now, through=HandedInBy.PAPER)
    copy.attempt = attempt
    copy.save(update_fields=["attempt"])
    _tell_candidate(copy, copy.attempt, now)


def _tell_candidate(copy: PaperCopy, attempt: Attempt, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        send_notice(
            recipient=attempt.person,
            title=_("Your paper has been typed in: %(title)s") % {"title": copy.exam_version.title},
            body=_(
                "Two people typed it in and agree on what it says. Look whether your answers arrived as you wrote them."
            ),
            url=reverse("assessments:result", args=[attempt.pk]),
            source_key=f"paper:{copy.code}",
            now=now,
        )
