"""Regrades of runs: old runs executed again under a corrected version, tried, approved by a second person, done."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.appendonly import AppendOnlyModel
from core.constraints import in_order, one_of, within
from people.models import Person
from simulations.models.drafts import ScenarioVersion
from simulations.models.runs import Playthrough


class RunRegradeStatus(models.TextChoices):
    """The life of a regrade of runs."""

    DRAFT = "draft", _("Draft")
    TRYING = "trying", _("Dry run under way")
    TRIED = "tried", _("Dry run done")
    PROPOSED = "proposed", _("Waiting for approval")
    RUNNING = "running", _("Being carried out")
    DONE = "done", _("Carried out")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


RUN_REGRADE_TRANSITIONS: dict[RunRegradeStatus, frozenset[RunRegradeStatus]] = {
    RunRegradeStatus.DRAFT: frozenset({RunRegradeStatus.TRYING, RunRegradeStatus.WITHDRAWN}),
    RunRegradeStatus.TRYING: frozenset(
        {RunRegradeStatus.TRIED, RunRegradeStatus.DRAFT, RunRegradeStatus.WITHDRAWN}
    ),
    RunRegradeStatus.TRIED: frozenset(
        {RunRegradeStatus.PROPOSED, RunRegradeStatus.TRYING, RunRegradeStatus.WITHDRAWN}
    ),
    RunRegradeStatus.PROPOSED: frozenset(
        {
            RunRegradeStatus.RUNNING,
            RunRegradeStatus.TRYING,
            RunRegradeStatus.REFUSED,
            RunRegradeStatus.WITHDRAWN,
        }
    ),
    RunRegradeStatus.RUNNING: frozenset({RunRegradeStatus.DONE}),
    RunRegradeStatus.DONE: frozenset(),
    RunRegradeStatus.REFUSED: frozenset(),
    RunRegradeStatus.WITHDRAWN: frozenset(),
}


class RunRegrade(models.Model):
    """Finished runs of one version executed again, choice by choice, under a later one of the same scenario.

    `reason` is told to the players. `tried_on` is a hash of what the dry run looked at, so that an approval of
    something else is refused. Words are erasable.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    played = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="regrades")
    corrected = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=RunRegradeStatus, default=RunRegradeStatus.DRAFT)
    reason = models.TextField()
    tried_on = models.CharField(max_length=64, blank=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("regrade of runs")
        verbose_name_plural = _("regrades of runs")
        constraints = [
            one_of("status", RunRegradeStatus),
            in_order("proposed_at", "decided_at"),
            models.CheckConstraint(
                condition=~Q(played=F("corrected")), name="%(app_label)s_%(class)s_two_versions"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RunRegradeStatus.RUNNING, RunRegradeStatus.DONE])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="%(app_label)s_%(class)s_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["played"],
                condition=Q(status__in=[RunRegradeStatus.PROPOSED, RunRegradeStatus.RUNNING]),
                name="%(app_label)s_%(class)s_one_under_way",
            ),
        ]
        indexes = [models.Index(fields=["status", "touched_at"])]

    def move_to(self, status: RunRegradeStatus) -> None:
        """Set the status, or raise ValueError where the table of transitions has no such step. Does not save."""
        if status not in RUN_REGRADE_TRANSITIONS[RunRegradeStatus(self.status)]:
            raise ValueError(f"a regrade does not go from {self.status} to {status}")
        self.status = status


class RunRegradeLine(models.Model):
    """One run in a regrade.

    `before` and `after` are {ending, title, total, passed}; where the choices cannot be made under the corrected
    version `after` is NULL and `obstacle` says at which step and why, and the run stays as it is. `decisions` lists
    {scheme, before, after} of its person that would come out differently, NULL before the dry run has looked.
    `done_at` is when it was judged again.
    """

    regrade = models.ForeignKey(RunRegrade, on_delete=models.CASCADE, related_name="lines")
    playthrough = models.ForeignKey(Playthrough, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    obstacle = models.JSONField(null=True)
    changes = models.BooleanField(default=False)
    flips = models.BooleanField(default=False)
    decisions = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regrade", "playthrough"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [models.Index(fields=["regrade", "done_at"])]


class RunJudgement(AppendOnlyModel):
    """What a regrade made of a run: the outcome under `version`, and `before`, what stood until then."""

    playthrough = models.ForeignKey(Playthrough, on_delete=models.PROTECT, related_name="judgements")
    regrade = models.ForeignKey(RunRegrade, on_delete=models.PROTECT, related_name="judgements")
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="+")
    ending = models.CharField(max_length=40)
    ending_title = models.TextField()
    total = models.DecimalField(max_digits=4, decimal_places=1)
    passed = models.BooleanField()
    before = models.JSONField()
    judged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playthrough", "regrade"], name="%(app_label)s_%(class)s_once"),
            within("total", 0, 100),
        ]
