"""Sittings: attempts, answers and results."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.items.checking import as_text
from assessments.models.corrections import ExamCorrection
from assessments.models.exams import ExamItem, ExamVersion
from assessments.models.halls import Seat
from core.appendonly import AppendOnlyModel
from core.constraints import in_order, one_of
from people.models import Person


class AttemptStatus(models.TextChoices):
    """The life of a sitting."""

    OPEN = "open", _("In progress")
    MARKING = "marking", _("Awaiting marks")
    COMPLETE = "complete", _("Complete")


# From each status to those it may change into. A complete paper waits for marks again when an answer that only a person
# can mark is taken into it afterwards (`rescoring`).
TRANSITIONS: dict[AttemptStatus, frozenset[AttemptStatus]] = {
    AttemptStatus.OPEN: frozenset({AttemptStatus.MARKING, AttemptStatus.COMPLETE}),
    AttemptStatus.MARKING: frozenset({AttemptStatus.COMPLETE}),
    AttemptStatus.COMPLETE: frozenset({AttemptStatus.MARKING}),
}


class HandedInBy(models.TextChoices):
    """Who ended a sitting."""

    CANDIDATE = "candidate", _("The candidate")
    CLOCK = "clock", _("The clock")
    INVIGILATOR = "invigilator", _("The invigilator")
    PAPER = "paper", _("Written on paper")


class Attempt(models.Model):
    """One sitting of an exam. `exam_key` repeats the version's key so that the database can allow one open sitting.

    `fence` counts the windows that opened it: only the newest may save. `opened_from` is a hash of the login that did,
    `seen_at` the last sign of life of its page.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attempts")
    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="attempts")
    exam_key = models.SlugField(max_length=64)
    seed = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=AttemptStatus, default=AttemptStatus.OPEN)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    handed_in_by = models.CharField(max_length=16, blank=True, choices=HandedInBy)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="attempts")
    fence = models.PositiveIntegerField(default=0)
    opened_from = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("status", AttemptStatus),
            one_of("handed_in_by", ["", *HandedInBy]),
            in_order("started_at", "deadline_at"),
            in_order("started_at", "submitted_at"),
            models.CheckConstraint(
                condition=Q(status=AttemptStatus.OPEN, submitted_at=None)
                | (~Q(status=AttemptStatus.OPEN) & Q(submitted_at__isnull=False)),
                name="%(app_label)s_%(class)s_submitted_when_closed",
            ),
            models.UniqueConstraint(
                fields=["person", "exam_key"],
                condition=Q(status=AttemptStatus.OPEN),
                name="%(app_label)s_%(class)s_one_open",
            ),
        ]
        indexes = [models.Index(fields=["status", "deadline_at"])]

    @property
    def candidate_number(self) -> str:
        """How markers know the candidate: six characters that say nothing about the person."""
        return self.pk.hex[:6].upper()

    def move_to(self, status: AttemptStatus) -> None:
        """Set the status, or raise ValueError where the table of transitions has no such step. Does not save."""
        if status not in TRANSITIONS[AttemptStatus(self.status)]:
            raise ValueError(f"an attempt does not go from {self.status} to {status}")
        self.status = status


class Answer(models.Model):
    """One place on a candidate's paper: which question, options in which order, and the answer so far.

    All rows of a paper are made when the attempt starts. `response` is cleaned by the question's type, NULL when
    unanswered; `sequence` is the number of the save that wrote it, 0 before the first. `checked_at` is when the
    candidate asked for the mark of this one answer (feedback “each”): it no longer changes. `entry`, `digest` and
    `chain` are its newest line in the journal: whoever changes `chain` writes that line (see `sittings.journal`).
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    slot = models.PositiveSmallIntegerField()
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="+")
    order = models.JSONField(default=list)
    response = models.JSONField(null=True)
    flagged = models.BooleanField(default=False)
    sequence = models.BigIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    entry = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    chain = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "slot"], name="%(app_label)s_%(class)s_slot"),
            models.CheckConstraint(
                condition=Q(sequence=0, saved_at=None) | Q(sequence__gt=0, saved_at__isnull=False),
                name="%(app_label)s_%(class)s_saved_has_sequence",
            ),
        ]


class AnswerFile(models.Model):
    """A file a candidate handed in with an answer; `path` lies in the private storage. Erasable."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "sha256"], name="%(app_label)s_%(class)s_once"),
        ]


class _Pointed:
    """What was earned of how much, as pages write it."""

    points: Any
    max_points: Any

    @property
    def points_text(self) -> str:
        return as_text(self.points)

    @property
    def max_points_text(self) -> str:
        return as_text(self.max_points)


class PriorSitting(_Pointed, models.Model):
    """A sitting held in another program, as its file tells it; never marked again, never evidence here. Erasable.

    `answers` lists {question, given, right} (right: true, false or null) in the order of that paper; `source_key` is
    unique to the sitting in its file, so that the same file a second time adds nothing.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="prior_sittings")
    exam_key = models.SlugField(max_length=64)
    exam_title = models.CharField(max_length=80)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    complete = models.BooleanField()
    points = models.DecimalField(max_digits=7, decimal_places=2)
    max_points = models.DecimalField(max_digits=7, decimal_places=2)
    passed = models.BooleanField(null=True)
    answers = models.JSONField(default=list)
    source_key = models.CharField(max_length=120, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            in_order("started_at", "ended_at"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=F("max_points")),
                name="%(app_label)s_%(class)s_points_range",
            ),
        ]
        indexes = [models.Index(fields=["person", "exam_key"])]


class Result(_Pointed, AppendOnlyModel):
    """A numbered outcome of an attempt; the newest stands, older ones stay readable.

    `items` lists {slot, points, max, needs_marking, detail} with decimal text. While `complete` is False somebody
    has yet to mark, and `passed` is NULL. `parts` lists what else decides about passing, {kind: section | axis, key,
    title, points, max, share, need, met} with decimal text; `reason` says in a code why a later result was recorded.
    `correction` is the newest correction of the exam that it takes in: keys are shown as of then.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField()
    items = models.JSONField()
    parts = models.JSONField(default=list)
    reason = models.CharField(max_length=32, blank=True)
    correction = models.ForeignKey(ExamCorrection, on_delete=models.PROTECT, null=True, related_name="+")
    points = models.DecimalField(max_digits=7, decimal_places=2)
    max_points = models.DecimalField(max_digits=7, decimal_places=2)
    complete = models.BooleanField()
    passed = models.BooleanField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="%(app_label)s_%(class)s_number"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=F("max_points")),
                name="%(app_label)s_%(class)s_points_range",
            ),
            models.CheckConstraint(
                condition=Q(complete=True, passed__isnull=False) | Q(complete=False, passed=None),
                name="%(app_label)s_%(class)s_passed_when_complete",
            ),
        ]
