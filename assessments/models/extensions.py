"""Time added while an exam runs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from assessments.models.halls import ExamRoom, ExamSession, Seat
from assessments.models.sittings import Attempt
from core.appendonly import AppendOnlyModel
from core.constraints import within
from people.models import Person

MOST_MINUTES_ADDED = 240


class Extension(AppendOnlyModel):
    """Minutes added to one sitting, one seat, a room, a session, or (nothing of these named) a whole exam.

    They add up, and count for those who start later too: `assessments.extensions` folds them.
    """

    exam_key = models.SlugField(max_length=64)
    session = models.ForeignKey(ExamSession, on_delete=models.PROTECT, null=True, related_name="extensions")
    room = models.ForeignKey(ExamRoom, on_delete=models.PROTECT, null=True, related_name="extensions")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="extensions")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="extensions")
    minutes = models.PositiveSmallIntegerField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            within("minutes", 1, MOST_MINUTES_ADDED),
            models.CheckConstraint(
                condition=(Q(room=None) | Q(session__isnull=False)) & (Q(seat=None) | Q(room__isnull=False)),
                name="%(app_label)s_%(class)s_within",
            ),
        ]
        indexes = [models.Index(fields=["exam_key", "added_at"])]
