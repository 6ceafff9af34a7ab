"""Exams as their candidate finds them: the list with every state at a glance, and one exam with all that counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.entry.accommodations import current_of, holding
from assessments.entry.admission import Candidacy, Entrance, NotNow, entrance_at, entrances, in_words, why_not
from assessments.entry.candidacy import candidacies_of
from assessments.entry.cards import ExamCard
from assessments.entry.deadlines import deadline, own_time
from assessments.entry.door import rules_mark
from assessments.entry.exemptions import can_be_exempted, newest_exemptions
from assessments.entry.news import given
from assessments.entry.worth import points_in_force
from assessments.exams.settings import ExamSettings
from assessments.extensions import minutes_added
from assessments.models import (
    Accommodation,
    AttemptStatus,
    ExamVersion,
    Exemption,
    PriorSitting,
    RequestStatus,
)
from assessments.queries import AttemptSummary, asked_in, attempts_of
from assessments.regrading.terms import Terms, terms_of, terms_of_releases
from assessments.results.grading import Grade
from assessments.transfer.prior_sittings import prior_sittings_of
from people.models import Person

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class ExamList:
    """The exams, the person's sittings in another program of what is no exam here, and whether they ever sat one."""

    cards: tuple[ExamCard, ...]
    elsewhere: tuple[PriorSitting, ...]
    is_new: bool


@dataclass(frozen=True)
class Desk:
    """One exam as one person finds it. `minutes_added` are those that whoever starts now gets on top.

    `accommodations` are theirs that wait or hold here, `exemption` their newest; `barred` says why they may not start
    now, None when they may.
    """

    version: ExamVersion
    candidacy: Candidacy
    sittings: tuple[AttemptSummary, ...]
    prior_sittings: Sequence[PriorSitting]
    accommodations: Sequence[Accommodation]
    exemption: Exemption | None
    minutes_added: int
    is_new: bool
    now: datetime
    terms: Terms

    @property
    def settings(self) -> ExamSettings:
        return self.candidacy.settings

    @property
    def item_count(self) -> int:
        return asked_in(self.version)

    @property
    def points_text(self) -> str:
        """What a paper begun now is out of."""
        return points_in_force(self.version, self.terms)

    @property
    def current(self) -> AttemptSummary | None:
        """The sitting that is in progress."""
        return next((each for each in self.sittings if each.status == AttemptStatus.OPEN), None)

    @cached_property
    def barred(self) -> NotNow | None:
        return why_not(self.candidacy, now=self.now)

    @cached_property
    def entrance(self) -> Entrance | None:
        """The way in that is open now."""
        return entrance_at(self.candidacy, now=self.now)

    @property
    def ways(self) -> tuple[Entrance, ...]:
        """Every way in, open or not."""
        return entrances(self.candidacy)

    @property
    def rules_mark(self) -> str:
        return rules_mark(self.settings.rules)

    @property
    def asks_code(self) -> bool:
        """Whether a code is asked for at the door that is open."""
        return bool(self.entrance and self.entrance.access_code)

    @property
    def own_minutes(self) -> int:
        """Whole minutes on top that are this person's own."""
        return _own_minutes(self.candidacy)

    @property
    def minutes(self) -> int:
        """How many whole minutes a sitting would have that started now."""
        closes_at = self.entrance.closes_at if self.entrance else None
        ends_at = deadline(
            started_at=self.now,
            duration=self.settings.duration,
            closes_at=closes_at,
            time_factor=self.candidacy.time_factor,
            minutes_added=self.minutes_added,
        )
        return (ends_at - self.now) // MINUTE

    @property
    def is_cut(self) -> bool:
        """Whether the close leaves less time than the exam has."""
        whole = self.settings.duration // MINUTE + self.own_minutes + self.minutes_added
        return self.entrance is not None and self.minutes < whole

    @property
    def is_exempt(self) -> bool:
        return self.exemption is not None and self.exemption.status == RequestStatus.GRANTED

    @property
    def grade(self) -> Grade | None:
        """Over all their sittings; None before there is one, and while marks do not show yet."""
        return self.sittings[0].grade if self.sittings else None

    @property
    def has_passed(self) -> bool:
        return self.grade is not None and self.grade.passed

    @property
    def may_ask_exemption(self) -> bool:
        """Whether there is a point in handing in a certificate."""
        settled = self.exemption is not None and self.exemption.status in (
            RequestStatus.REQUESTED,
            RequestStatus.GRANTED,
        )
        return can_be_exempted(self.version) and not settled and not self.has_passed

    @property
    def arrangements(self) -> list[tuple[Accommodation, str]]:
        """Each with what it gives or asks for, in words; "" for something that only its reason says."""
        return [(each, given(each)) for each in self.accommodations]

    @property
    def may_ask_arrangement(self) -> bool:
        """Whether nothing waits or holds for this very exam."""
        return all(each.exam_key != self.version.key for each in self.accommodations)


def exam_list(person: Person, *, now: datetime) -> ExamList:
    """Every released exam by title. Six queries, one more for somebody who sat exams in another program, and
    for each correction nobody met in this process."""
    sittings = attempts_of([person]).get(person.pk, ())
    has_prior = Exists(PriorSitting.objects.filter(person=person))
    found = ExamVersion.objects.newest().held().annotate(has_prior=has_prior)
    versions = list(found.order_by("title", "key"))
    prior = prior_sittings_of(person) if not versions or versions[0].has_prior else []
    newest = {each.exam_key: each for each in reversed(prior) if each.complete}
    keys = {version.key for version in versions}
    by_key = _by_key(sittings)
    candidacies = candidacies_of(person, versions, sittings=by_key, now=now)
    exemptions, terms = newest_exemptions(person), terms_of_releases(versions)
    cards = tuple(
        _card(
            version,
            candidacies[version.key],
            by_key.get(version.key, []),
            newest.get(version.key),
            exemption=exemptions.get(version.key),
            terms=terms[version.pk],
            now=now,
        )
        for version in versions
    )
    return ExamList(cards, tuple(each for each in prior if each.exam_key not in keys), is_new=not sittings)


def read_desk(person: Person, version: ExamVersion, *, now: datetime) -> Desk:
    """Everything the page of an exam shows. Seven queries, one more for a correction nobody met in this process."""
    sittings = attempts_of([person]).get(person.pk, ())
    own = tuple(each for each in sittings if each.exam_key == version.key)
    current = current_of(person, on=timezone.localdate(now))
    candidacy = candidacies_of(
        person, [version], sittings={version.key: own}, now=now, arrangements=holding(current)
    )[version.key]
    entrance = entrance_at(candidacy, now=now)
    return Desk(
        version=version,
        candidacy=candidacy,
        sittings=own,
        prior_sittings=prior_sittings_of(person, exam_key=version.key),
        accommodations=[each for each in current if each.exam_key in ("", version.key)],
        exemption=newest_exemptions(person).get(version.key),
        minutes_added=minutes_added(
            exam_key=version.key,
            seat=entrance.seat if entrance else None,
            opened_at=candidacy.settings.opens_at,
        ),
        is_new=not sittings,
        now=now,
        terms=terms_of(version),
    )


def _by_key(sittings: Sequence[AttemptSummary]) -> dict[str, list[AttemptSummary]]:
    found: defaultdict[str, list[AttemptSummary]] = defaultdict(list)
    for each in sittings:
        found[each.exam_key].append(each)
    return found


def _card(
    version: ExamVersion,
    candidacy: Candidacy,
    sittings: Sequence[AttemptSummary],
    prior: PriorSitting | None,
    *,
    exemption: Exemption | None,
    terms: Terms,
    now: datetime,
) -> ExamCard:
    newest = sittings[0] if sittings else None
    is_exempt = exemption is not None and exemption.status == RequestStatus.GRANTED
    if newest and newest.status != AttemptStatus.COMPLETE:
        state, text, note = newest.state, newest.state_text, ""
    elif is_exempt:
        state, text, note = "done", _("Exempt"), ""
    elif newest and newest.exam_passed:
        state, text, note = "done", _("Passed"), ""
    else:
        state, text, note = _standing(candidacy, newest, now)
    return ExamCard(
        version, asked_in(version), state, text, note, newest, prior, terms, _own_minutes(candidacy)
    )


def _own_minutes(candidacy: Candidacy) -> int:
    return own_time(candidacy.settings.duration, time_factor=candidacy.time_factor) // MINUTE


def _standing(candidacy: Candidacy, newest: AttemptSummary | None, now: datetime) -> tuple[str, str, str]:
    """State, its words and a note, where nothing is in progress, passed or exempt."""
    refusal = why_not(candidacy, now=now)
    if refusal is None:
        entrance = entrance_at(candidacy, now=now)
        until = entrance.last_entry_at or entrance.closes_at if entrance else None
        note = _("Can be started until %(at)s.") % {"at": in_words(until)} if until else ""
        return (newest.state, newest.state_text, note) if newest else ("open", _("Not sat yet"), note)
    state, text = _closed_text(refusal)
    return state, text, str(refusal)


def _closed_text(refusal: NotNow) -> tuple[str, str]:
    texts = {
        "not_open": ("locked", _("Not open yet")),
        "over": ("locked", _("Closed")),
        "late": ("locked", _("Closed to latecomers")),
        "no_seat": ("locked", _("In exam rooms only")),
        "cooldown": ("due", _("Not passed")),
        "attempts_used": ("due", _("No attempt left")),
        "awaiting_marks": ("doing", _("Awaiting marks")),
    }
    return texts[refusal.code]
