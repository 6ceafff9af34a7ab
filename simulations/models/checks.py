"""Checks of scenarios: jobs that explore a document and keep their report."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import in_order, one_of
from people.models import Person
from simulations.models.drafts import KEY_LENGTH


class CheckStatus(models.TextChoices):
    """How far a check is."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Could not be checked")


CHECK_TRANSITIONS: dict[CheckStatus, frozenset[CheckStatus]] = {
    CheckStatus.WAITING: frozenset({CheckStatus.RUNNING, CheckStatus.FAILED}),
    CheckStatus.RUNNING: frozenset({CheckStatus.DONE, CheckStatus.FAILED}),
    CheckStatus.DONE: frozenset(),
    CheckStatus.FAILED: frozenset({CheckStatus.WAITING}),
}


class ScenarioCheck(models.Model):
    """One check of one document: what holds of it holds of every draft and release with that `content_hash`.

    `report` is `engine.proof.report.Report.as_json()`; `errors`, `warnings` and `exact` repeat it for lists.
    `budget` is the most merged states it may look at, NULL for as many as there are. `stage` and `done_count` of
    `total_count` tell how far it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=KEY_LENGTH)
    content_hash = models.CharField(max_length=64)
    document = models.TextField()
    seed = models.PositiveIntegerField(default=0)
    budget = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=8, choices=CheckStatus, default=CheckStatus.WAITING)
    stage = models.CharField(max_length=80, blank=True)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    report = models.JSONField(null=True)
    errors = models.PositiveSmallIntegerField(null=True)
    warnings = models.PositiveSmallIntegerField(null=True)
    exact = models.BooleanField(null=True)
    problem = models.TextField(blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("check of a scenario")
        verbose_name_plural = _("checks of scenarios")
        constraints = [
            one_of("status", CheckStatus),
            in_order("asked_at", "finished_at"),
            models.CheckConstraint(
                condition=~Q(status=CheckStatus.DONE)
                | Q(report__isnull=False, errors__isnull=False, warnings__isnull=False, exact__isnull=False),
                name="%(app_label)s_%(class)s_report_when_done",
            ),
            models.UniqueConstraint(
                fields=["content_hash"],
                condition=Q(status__in=[CheckStatus.WAITING, CheckStatus.RUNNING]),
                name="%(app_label)s_%(class)s_one_under_way",
            ),
        ]
        indexes = [
            models.Index(fields=["content_hash", "status"]),
            models.Index(fields=["status", "touched_at"]),
        ]

    def move_to(self, status: CheckStatus) -> None:
        """Set the status, or raise ValueError where the table of transitions has no such step. Does not save."""
        if status not in CHECK_TRANSITIONS[CheckStatus(self.status)]:
            raise ValueError(f"a check does not go from {self.status} to {status}")
        self.status = status
