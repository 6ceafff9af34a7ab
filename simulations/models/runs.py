"""The runs people make through released scenarios."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.appendonly import AppendOnlyModel
from core.constraints import in_order, one_of, within
from people.models import Person
from simulations.models.drafts import KEY_LENGTH, ScenarioVersion


class RunStatus(models.TextChoices):
    """Where a run stands."""

    OPEN = "open", _("Under way")
    FINISHED = "finished", _("Finished")


TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.OPEN: frozenset({RunStatus.FINISHED}),
    RunStatus.FINISHED: frozenset(),
}
"""What a run may become. There is no way back from the end, and no way to throw a run away."""

_UNDECIDED = Q(finished_at=None, ending="", ending_title="", total=None, passed=None)
_DECIDED = ~Q(ending="") & Q(finished_at__isnull=False, total__isnull=False, passed__isnull=False)


class Playthrough(models.Model):
    """One person's run of one version. The run itself is its seed and its steps; the engine recomputes the rest.

    `ending`, `ending_title`, `total` (0..100) and `passed` repeat what the engine says of a finished run, so that
    lists need not replay it. `ordinal` counts a person's runs of a scenario; the first one shapes the profile.
    `replay_of` with `replayed` says that the first so many steps are those of another run (practice from a point);
    `judged_by` is the version whose regrade the outcome stands by, None for the one that was played.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="playthroughs")
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="playthroughs")
    scenario_key = models.CharField(max_length=KEY_LENGTH)
    ordinal = models.PositiveIntegerField()
    seed = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=RunStatus, default=RunStatus.OPEN)
    replay_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replays")
    replayed = models.PositiveSmallIntegerField(default=0)
    judged_by = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=40, blank=True)
    ending_title = models.TextField(blank=True)
    total = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            one_of("status", RunStatus),
            in_order("started_at", "finished_at"),
            within("total", 0, 100),
            within("ordinal", 1, 1_000_000),
            models.UniqueConstraint(
                fields=["person", "scenario_key", "ordinal"], name="%(app_label)s_%(class)s_counted"
            ),
            models.UniqueConstraint(
                fields=["person", "scenario_key"],
                condition=Q(status=RunStatus.OPEN),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.CheckConstraint(
                condition=(Q(status=RunStatus.OPEN) & _UNDECIDED) | (Q(status=RunStatus.FINISHED) & _DECIDED),
                name="%(app_label)s_%(class)s_outcome_when_finished",
            ),
            models.CheckConstraint(
                condition=Q(replay_of=None, replayed=0)
                | Q(replay_of__isnull=False, replayed__gte=0, ordinal__gt=1),
                name="%(app_label)s_%(class)s_replay_is_practice",
            ),
        ]

    @property
    def is_finished(self) -> bool:
        return self.status == RunStatus.FINISHED

    @property
    def is_first(self) -> bool:
        """Whether this run shapes the profile; every later one is practice."""
        return self.ordinal == 1

    @property
    def standing_version(self) -> ScenarioVersion:
        """The version whose rules the outcome stands by: that of the last regrade, else the one that was played.

        Whoever replays a run replays it under this one. No query where `version` and `judged_by` come with the run.
        """
        return self.judged_by or self.version


class Step(AppendOnlyModel):
    """One choice of a run. `index` counts from 1.

    `node` is where it was made, said again so that choices can be counted without replaying anybody; "" in rows from
    before it was kept.
    """

    playthrough = models.ForeignKey(Playthrough, on_delete=models.PROTECT, related_name="steps")
    index = models.PositiveSmallIntegerField()
    choice = models.CharField(max_length=40)
    node = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playthrough", "index"], name="%(app_label)s_%(class)s_once"),
            within("index", 1, 1_000),
        ]
