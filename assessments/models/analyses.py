"""Statistics of exams: stored score matrices, what was computed from them, and expected facilities by judges."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.bank import Question
from assessments.models.exams import ExamItem, ExamVersion
from core.constraints import one_of, within
from people.models import Person


class Which(models.TextChoices):
    """Which of a person's sittings count."""

    FIRST = "first", _("First attempts")
    LAST = "last", _("Last attempts")
    BEST = "best", _("Best attempts")
    ALL = "all", _("All attempts")


class AnalysisStatus(models.TextChoices):
    """How far an analysis is."""

    WAITING = "waiting", _("Waiting")
    COLLECTING = "collecting", _("Answers are being collected")
    COMPUTING = "computing", _("Being computed")
    DONE = "done", _("Done")
    FAILED = "failed", _("Could not be computed")


ANALYSIS_TRANSITIONS: dict[AnalysisStatus, frozenset[AnalysisStatus]] = {
    AnalysisStatus.WAITING: frozenset({AnalysisStatus.COLLECTING, AnalysisStatus.FAILED}),
    AnalysisStatus.COLLECTING: frozenset({AnalysisStatus.COMPUTING, AnalysisStatus.FAILED}),
    AnalysisStatus.COMPUTING: frozenset({AnalysisStatus.DONE, AnalysisStatus.FAILED}),
    AnalysisStatus.DONE: frozenset(),
    AnalysisStatus.FAILED: frozenset({AnalysisStatus.WAITING}),
}


class ScoreMatrix(models.Model):
    """Scores and chosen options of a set of attempts, candidates × items, without saying whose they are.

    `fingerprint` is the hash of which results went in. `scores` is a compressed int8 (or, where points do not fit,
    int16) array of `rows` × `columns` in steps of 1/`per_point` point, a negative number where the item was not on the
    paper; `choices` likewise holds which option was chosen (see `analyses.matrices`). `layout` describes the columns.
    """

    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="matrices")
    which = models.CharField(max_length=8, choices=Which)
    fingerprint = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    per_point = models.PositiveSmallIntegerField()
    layout = models.JSONField()
    scores = models.BinaryField()
    choices = models.BinaryField()
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("which", Which),
            models.UniqueConstraint(
                fields=["exam_version", "which", "fingerprint"], name="%(app_label)s_%(class)s_once"
            ),
        ]


class Analysis(models.Model):
    """One asked-for set of statistics: a job with progress (`done_count` of `total_count`), then its `figures`.

    Kept for as long as its fingerprint is that of the attempts: asked for again, it is found, not computed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="analyses")
    which = models.CharField(max_length=8, choices=Which)
    fingerprint = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=AnalysisStatus, default=AnalysisStatus.WAITING)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    matrix = models.ForeignKey(ScoreMatrix, on_delete=models.SET_NULL, null=True, related_name="analyses")
    figures = models.JSONField(null=True)
    problem = models.TextField(blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("which", Which),
            one_of("status", AnalysisStatus),
            models.UniqueConstraint(
                fields=["exam_version", "which", "fingerprint"], name="%(app_label)s_%(class)s_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=AnalysisStatus.DONE)
                | models.Q(figures__isnull=False, finished_at__isnull=False),
                name="%(app_label)s_%(class)s_done_has_figures",
            ),
        ]
        indexes = [models.Index(fields=["status", "touched_at"])]

    def move_to(self, status: AnalysisStatus) -> None:
        """Set the status, or raise ValueError where the table of transitions has no such step. Does not save."""
        if status not in ANALYSIS_TRANSITIONS[AnalysisStatus(self.status)]:
            raise ValueError(f"an analysis does not go from {self.status} to {status}")
        self.status = status


class Suspicion(models.Model):
    """A question that an analysis called suspect: on what evidence, so that the same evidence never does it twice.

    `code` is the rule that gave the reason, `candidates` how many had the question on their paper.
    """

    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="suspicions")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="suspicions")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=32)
    candidates = models.PositiveIntegerField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["analysis", "question"], name="%(app_label)s_%(class)s_once"),
        ]


class AngoffRating(models.Model):
    """How many of 100 just competent candidates a judge expects to answer an item right (modified Angoff).

    A second round replaces what the first said, which stays in its own row.
    """

    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="angoff_ratings")
    judge = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    percent = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            within("percent", 0, 100),
            within("round", 1, 2),
            models.UniqueConstraint(fields=["item", "judge", "round"], name="%(app_label)s_%(class)s_once"),
        ]
