"""夜间复核: every night everything is decided again, and what comes out differently is recorded, named and counted.

Differences have a cause: "scheme" (a release its people had not been decided under yet), "evidence" (rows that no
decision had taken in: a lost message), "age" (time passed, and evidence grew too old), or "unexplained": the same
evidence and the same scheme gave another proof. The last is a fault, and `check_consistency` names it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import decisions
from assessments.considering import deciding_now, over
from assessments.models import Decision, DecisionReview, Reconsideration, SchemeVersion
from assessments.schemes.counting import people_after
from assessments.schemes.releasing import definition_of
from competencies.models import Evidence
from competencies.queries import standing_evidence
from core import audit
from people.models import Notice, Person, Role, RoleAssignment
from people.notices import send_notices

PORTION = 200
STANDS_STILL = timedelta(minutes=2)
CAUSES = ("scheme", "evidence", "age", "unexplained")

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class _Differing:
    """A scheme that now comes to something else for a person than was recorded, or of which nothing was."""

    person_id: UUID
    scheme_key: str
    before: Decision | None
    cause: str


@dataclass(frozen=True)
class _TakenIn:
    """Whether somebody's decisions know every row of their evidence, and every release of a scheme."""

    every_row: bool
    every_release: bool


def review_decisions(*, clock: Clock = timezone.now) -> DecisionReview:
    """Decide everything again in portions; a night that was cut short goes on first. One review a night.

    May run any number of times, and in several workers at once: one that another has just touched is left to it.
    """
    review = _begin(clock())
    if review is None:
        return DecisionReview.objects.order_by("-run_on")[0]
    while review.finished_at is None:
        people = people_after(review.cursor, PORTION)
        review = _review(review, people, clock()) if people else _finish(review, clock())
    return review


def unexplained(*, since: datetime) -> list[dict[str, Any]]:
    """The differences of reviews begun since then that nothing explains, oldest first. One query."""
    reviews = DecisionReview.objects.filter(started_at__gte=since).order_by("run_on")
    found = (each for review in reviews for each in review.differences)
    return [each for each in found if each["cause"] == "unexplained"]


def causes_of(review: DecisionReview) -> dict[str, int]:
    """How many differences each cause made, by cause; all four are there."""
    counts = Counter(each["cause"] for each in review.differences)
    return {cause: counts[cause] for cause in CAUSES}


@transaction.atomic
def _begin(now: datetime) -> DecisionReview | None:
    """The review to go on with; None where tonight's is finished, or somebody is at it."""
    review = DecisionReview.objects.select_for_update().filter(finished_at=None).order_by("run_on").first()
    if review is None:
        review, created = DecisionReview.objects.get_or_create(
            run_on=timezone.localdate(now), defaults={"started_at": now, "touched_at": now}
        )
        return review if created else None
    if review.touched_at > now - STANDS_STILL:
        return None
    review.touched_at = now
    review.save(update_fields=["touched_at"])
    return review


def _review(review: DecisionReview, people: Sequence[UUID], now: datetime) -> DecisionReview:
    """One portion: what differs is decided and recorded with the place the review has come to."""
    differing = _differing(people, now)
    with transaction.atomic():
        locked = DecisionReview.objects.select_for_update().get(pk=review.pk)
        if locked.cursor != review.cursor or locked.finished_at:
            return locked  # another worker was faster
        after = _decide_again(differing, now)
        locked.differences = [
            *locked.differences,
            *(_told(each, after[each.person_id, each.scheme_key]) for each in differing),
        ]
        locked.people_count += len(people)
        locked.cursor, locked.touched_at = people[-1], now
        locked.save(update_fields=["differences", "people_count", "cursor", "touched_at"])
    return locked


def _decide_again(differing: Sequence[_Differing], now: datetime) -> decisions.Recorded:
    people = list(dict.fromkeys(each.person_id for each in differing))
    decided = decisions.reconsider_people(people=people, now=now) if people else {}
    return {(pk, each.scheme_version.key): each for pk, one in decided.items() for each in one}


def _told(found: _Differing, after: Decision) -> dict[str, Any]:
    return {
        "person": str(found.person_id),
        "scheme": found.scheme_key,
        "before": found.before.met if found.before else None,
        "after": after.met,
        "decision": after.pk,
        "cause": found.cause,
    }


def _differing(people: Sequence[UUID], now: datetime) -> list[_Differing]:
    """What came out differently for these people. Six queries, and one for each scheme that is met no longer."""
    schemes = deciding_now()
    recorded, seen = decisions.newest_decisions(people), _taken_in(people)
    found = []
    for person_id, rows in standing_evidence([Person(pk=pk) for pk in people]).items():
        for considered in over(schemes, rows, at=now):
            before = recorded.get((person_id, considered.version.key))
            if not decisions.is_recorded(before, considered):
                cause = _cause(before, considered.version, rows, seen.get(person_id))
                found.append(_Differing(person_id, considered.version.key, before, cause))
    return found


def _cause(
    before: Decision | None, version: SchemeVersion, rows: Sequence[Evidence], seen: _TakenIn | None
) -> str:
    if seen is None:
        return "evidence"
    if before is None or before.scheme_version_id != version.pk:
        if not seen.every_release:
            return "scheme"
        return "unexplained" if seen.every_row else "evidence"
    if not seen.every_row:
        return "evidence"
    # rows that came in later and left the proof as it was may have been too old before their time was over
    for known in (rows, [row for row in rows if row.recorded_at <= before.decided_at]):
        (then,) = over([(version, definition_of(version))], known, at=before.decided_at)
        if decisions.is_recorded(before, then):
            return "age"
    return "unexplained"


def _taken_in(people: Sequence[UUID]) -> dict[UUID, _TakenIn]:
    """What the decisions of these people have taken in; who was never decided about is absent. Three queries."""
    newest = SchemeVersion.objects.aggregate(newest=Max("pk"))["newest"]
    ledger = Evidence.objects.filter(person__in=people).order_by().values_list("person")
    rows = dict(ledger.annotate(rows=Count("pk")))
    seen = Reconsideration.objects.filter(person__in=people)
    return {
        pk: _TakenIn(every_row=rows.get(pk) == count, every_release=release == newest)
        for pk, count, release in seen.values_list("person", "evidence_count", "newest_scheme")
    }


@transaction.atomic
def _finish(review: DecisionReview, now: datetime) -> DecisionReview:
    locked = DecisionReview.objects.select_for_update().get(pk=review.pk)
    if locked.cursor != review.cursor or locked.finished_at:
        return locked
    locked.finished_at = locked.touched_at = now
    locked.save(update_fields=["finished_at", "touched_at"])
    counts = causes_of(locked)
    audit.record(
        action="decisions.reviewed",
        target=f"assessments.decisionreview:{locked.run_on.isoformat()}",
        by=None,
        now=now,
        people=locked.people_count,
        **counts,
    )
    if locked.differences:
        _tell_administrators(locked, counts, now)
    return locked


def _tell_administrators(review: DecisionReview, counts: dict[str, int], now: datetime) -> None:
    held = RoleAssignment.objects.active(on=timezone.localdate(now)).filter(role=Role.ADMINISTRATOR)
    with translation.override(settings.LANGUAGE_CODE):
        total = len(review.differences)
        title = ngettext(
            "%(count)d decision came out differently last night",
            "%(count)d decisions came out differently last night",
            total,
        ) % {"count": total}
        body = _(
            "Evidence too old: %(age)d. Evidence not taken in before: %(evidence)d. New release of a scheme: "
            "%(scheme)d. Unexplained: %(unexplained)d; tell whoever runs this site of these."
        )
        notices = [
            Notice(
                recipient_id=person_id,
                title=title,
                body=body % counts,
                source_key=f"decision-review:{review.run_on.isoformat()}:{person_id}",
                sent_at=now,
            )
            for person_id in held.values_list("person", flat=True).distinct()
        ]
        send_notices(notices)
