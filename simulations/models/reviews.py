"""What is learnt from a run: what would have been better, notes in its margin, homework for the four lists."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import in_order, not_the_same, one_of, within
from library.models import ListEntry, ListKind
from people.models import Person
from simulations.models.runs import Playthrough


class HindsightStatus(models.TextChoices):
    """How far the look back is."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Could not be worked out")


class Hindsight(models.Model):
    """What would have been better in a finished run, worked out by a job (`engine.hindsight`).

    `content_hash` is that of the version it was judged by; `findings` is pure JSON.
    """

    playthrough = models.OneToOneField(Playthrough, on_delete=models.CASCADE, related_name="hindsight")
    content_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=HindsightStatus, default=HindsightStatus.WAITING)
    findings = models.JSONField(null=True)
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("status", HindsightStatus),
            models.CheckConstraint(
                condition=~Q(status=HindsightStatus.DONE) | Q(findings__isnull=False),
                name="%(app_label)s_%(class)s_findings_when_done",
            ),
        ]
        indexes = [models.Index(fields=["status", "touched_at"])]


class MarginNote(models.Model):
    """A remark in the margin of somebody's run, at `step` (counted from 1; 0: the run as a whole). Erasable words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    playthrough = models.ForeignKey(Playthrough, on_delete=models.PROTECT, related_name="notes")
    step = models.PositiveSmallIntegerField(default=0)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [within("step", 0, 1_000), in_order("written_at", "changed_at")]
        indexes = [models.Index(fields=["playthrough", "step"])]


class HomeworkStatus(models.TextChoices):
    """The life of a piece of homework."""

    SUBMITTED = "submitted", _("Waiting to be read")
    RETURNED = "returned", _("Returned with advice")
    ACCEPTED = "accepted", _("Taken into the list")


HOMEWORK_TRANSITIONS: dict[HomeworkStatus, frozenset[HomeworkStatus]] = {
    HomeworkStatus.SUBMITTED: frozenset({HomeworkStatus.RETURNED, HomeworkStatus.ACCEPTED}),
    HomeworkStatus.RETURNED: frozenset({HomeworkStatus.SUBMITTED}),
    HomeworkStatus.ACCEPTED: frozenset(),
}


class ListHomework(models.Model):
    """An entry for one of the four lists (四清单) that somebody writes out of their own run. Accepted, it becomes a
    `library.ListEntry`; the words here are the learner's and erasable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    playthrough = models.ForeignKey(Playthrough, on_delete=models.PROTECT, related_name="homework")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="list_homework")
    step = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=16, choices=ListKind)
    title = models.CharField(max_length=80)
    text = models.TextField()
    status = models.CharField(max_length=16, choices=HomeworkStatus, default=HomeworkStatus.SUBMITTED)
    written_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    advice = models.TextField(blank=True)
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            one_of("kind", ListKind),
            one_of("status", HomeworkStatus),
            not_the_same("person", "decided_by"),
            within("step", 0, 1_000),
            models.CheckConstraint(
                condition=~Q(status=HomeworkStatus.ACCEPTED)
                | Q(entry__isnull=False, decided_by__isnull=False),
                name="%(app_label)s_%(class)s_entry_when_accepted",
            ),
        ]
        indexes = [models.Index(fields=["status", "written_at"])]

    def move_to(self, status: HomeworkStatus) -> None:
        """Set the status, or raise ValueError where the table of transitions has no such step. Does not save."""
        if status not in HOMEWORK_TRANSITIONS[HomeworkStatus(self.status)]:
            raise ValueError(f"homework does not go from {self.status} to {status}")
        self.status = status
