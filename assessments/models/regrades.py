"""Regrades on their way: proposed with a dry run, approved by a second person, carried out line by line."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.corrections import ExamCorrection
from assessments.models.exams import ExamVersion
from assessments.models.sittings import Attempt, Result
from core.constraints import in_order, one_of
from people.models import Person


class RegradeStatus(models.TextChoices):
    """The life of a regrade."""

    DRAFT = "draft", _("Draft")
    TRYING = "trying", _("Dry run under way")
    TRIED = "tried", _("Dry run done")
    PROPOSED = "proposed", _("Waiting for approval")
    RUNNING = "running", _("Being carried out")
    DONE = "done", _("Carried out")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REGRADE_TRANSITIONS: dict[RegradeStatus, frozenset[RegradeStatus]] = {
    RegradeStatus.DRAFT: frozenset({RegradeStatus.TRYING, RegradeStatus.WITHDRAWN}),
    RegradeStatus.TRYING: frozenset({RegradeStatus.TRIED, RegradeStatus.DRAFT, RegradeStatus.WITHDRAWN}),
    RegradeStatus.TRIED: frozenset(
        {RegradeStatus.PROPOSED, RegradeStatus.TRYING, RegradeStatus.DRAFT, RegradeStatus.WITHDRAWN}
    ),
    RegradeStatus.PROPOSED: frozenset(
        {RegradeStatus.RUNNING, RegradeStatus.TRYING, RegradeStatus.REFUSED, RegradeStatus.WITHDRAWN}
    ),
    RegradeStatus.RUNNING: frozenset({RegradeStatus.DONE}),
    RegradeStatus.DONE: frozenset(),
    RegradeStatus.REFUSED: frozenset(),
    RegradeStatus.WITHDRAWN: frozenset(),
}


class Regrade(models.Model):
    """A change of how a release is scored: key, void question, points or rule (`changes`, see `regrading.changes`).

    `reason` is told to the people it concerns. `tried_on` is a hash of what the dry run looked at, so that an approval
    of something else is refused. `correction` is what came of it. Words are erasable.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="regrades")
    status = models.CharField(max_length=16, choices=RegradeStatus, default=RegradeStatus.DRAFT)
    changes = models.JSONField(default=list)
    reason = models.TextField()
    tried_on = models.CharField(max_length=64, blank=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    correction = models.OneToOneField(
        ExamCorrection, on_delete=models.PROTECT, null=True, related_name="regrade"
    )

    class Meta:
        verbose_name = _("regrade")
        verbose_name_plural = _("regrades")
        constraints = [
            one_of("status", RegradeStatus),
            in_order("proposed_at", "decided_at"),
            models.CheckConstraint(
                condition=~Q(status__in=[RegradeStatus.RUNNING, RegradeStatus.DONE])
                | (Q(correction__isnull=False, decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="%(app_label)s_%(class)s_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["exam_version"],
                condition=Q(status__in=[RegradeStatus.PROPOSED, RegradeStatus.RUNNING]),
                name="%(app_label)s_%(class)s_one_under_way",
            ),
        ]
        indexes = [models.Index(fields=["status", "touched_at"])]

    def move_to(self, status: RegradeStatus) -> None:
        """Set the status, or raise ValueError where the table of transitions has no such step. Does not save."""
        if status not in REGRADE_TRANSITIONS[RegradeStatus(self.status)]:
            raise ValueError(f"a regrade does not go from {self.status} to {status}")
        self.status = status


class RegradeLine(models.Model):
    """One attempt in a regrade. `before` and `after` are {points, max, passed}, `passed` NULL while marks are awaited;
    `flips` says that passing changes. `decisions` lists {scheme, before, after}, the decisions of its person that would
    come out differently (`scheme` the id of a release), NULL before the dry run has looked; of several lines of one
    person the first says it. `done_at` is when it was rescored, `result` what then stood."""

    regrade = models.ForeignKey(Regrade, on_delete=models.CASCADE, related_name="lines")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    changes = models.BooleanField(default=False)
    flips = models.BooleanField(default=False)
    decisions = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)
    result = models.ForeignKey(Result, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regrade", "attempt"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [models.Index(fields=["regrade", "done_at"])]
