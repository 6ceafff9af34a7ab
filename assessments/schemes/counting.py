"""The worker's part of a preview: everybody with evidence, in portions, under the draft and under the release.

A portion stands alone in one transaction and says how far the preview is, so that a worker that was killed, a message
that was lost and several workers at once do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from assessments import deciding
from assessments.considering import facts_of
from assessments.models import PreviewStatus, SchemePreview
from assessments.schemes.releasing import definition_of
from competencies.models import Evidence
from competencies.queries import standing_evidence
from people.models import Person

PORTION = 250
STANDS_STILL = timedelta(minutes=2)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class _Portion:
    """What some people would come to."""

    last: UUID
    people: int
    met: int
    gains: list[str]
    losses: list[str]


def advance_preview(*, preview: SchemePreview, clock: Clock = timezone.now) -> SchemePreview:
    """Count what is left. May run any number of times, in any number of workers at once.

    Everybody is decided at the moment the preview was asked for, so that ages mean the same for all.
    """
    draft = deciding.parse_scheme(preview.definition)
    before = definition_of(preview.against) if preview.against else None
    while preview.status != PreviewStatus.DONE:
        people = people_after(preview.cursor, PORTION)
        portion = _count(people, draft, before, preview.asked_at) if people else None
        found = _add(preview, portion, clock())
        if found is None:
            break  # the draft was deleted, and the preview with it
        preview = found
    return preview


def people_after(cursor: UUID | None, most: int) -> list[UUID]:
    """The next people with evidence, in the order of their ids. One query."""
    rows = Evidence.objects.order_by("person").values_list("person", flat=True).distinct()
    return list((rows.filter(person__gt=cursor) if cursor else rows)[:most])


def due_previews(*, now: datetime) -> list[UUID]:
    """What should move and has not for two minutes; marked as touched, so that nobody else finds it too."""
    still = SchemePreview.objects.exclude(status=PreviewStatus.DONE).filter(
        touched_at__lte=now - STANDS_STILL
    )
    found = []
    for pk, touched_at in still.values_list("pk", "touched_at"):
        if SchemePreview.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=now):
            found.append(pk)
    return found


def _count(
    people: Sequence[UUID],
    draft: deciding.SchemeDefinition,
    before: deciding.SchemeDefinition | None,
    at: datetime,
) -> _Portion:
    met, gains, losses = 0, [], []
    for person_id, rows in standing_evidence([Person(pk=pk) for pk in people]).items():
        facts = facts_of(rows)
        now_met = deciding.decide(draft, facts, at=at).met
        was_met = before is not None and deciding.decide(before, facts, at=at).met
        met += now_met
        if now_met and not was_met:
            gains.append(str(person_id))
        elif was_met and not now_met:
            losses.append(str(person_id))
    return _Portion(people[-1], len(people), met, gains, losses)


@transaction.atomic
def _add(preview: SchemePreview, portion: _Portion | None, now: datetime) -> SchemePreview | None:
    """The preview with this portion, unless somebody else was faster; done when there is none."""
    found = SchemePreview.objects.select_for_update(of=("self",)).filter(pk=preview.pk).first()
    if found is None or found.cursor != preview.cursor or found.status == PreviewStatus.DONE:
        return found
    found.touched_at = now
    if portion is None:
        found.status, found.finished_at = PreviewStatus.DONE, now
        found.total_count = found.done_count
    else:
        found.status, found.cursor = PreviewStatus.COUNTING, portion.last
        found.done_count += portion.people
        found.met_count += portion.met
        found.gains = [*found.gains, *portion.gains]
        found.losses = [*found.losses, *portion.losses]
    found.save()
    return found
