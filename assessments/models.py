"""The bank, exams, sittings, marks, results, schemes and decisions.

Versions, marks, results and decisions are append-only and hold no personal data; what candidates and markers write
in their own words lies in `Answer` and `MarkComment`, which can be erased.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from assessments.items.checking import as_text
from core.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from core.constraints import in_order, one_of, within
from people.models import Person


class QuestionQuerySet(models.QuerySet):
    """The bank."""

    def with_newest(self) -> QuestionQuerySet:
        """Each with `type` and `module` of its newest version, and `newest_number`, the count of its versions."""
        newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
        return self.annotate(
            type=Subquery(newest.values("type")[:1]),
            module=Subquery(newest.values("module")[:1]),
            newest_number=Subquery(newest.values("number")[:1]),
        )


class Question(models.Model):
    """A question by its stable key; what it says lies in its versions."""

    key = models.SlugField(_("key"), max_length=64, unique=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("question bank")

    def __str__(self) -> str:
        return self.key


class QuestionVersionQuerySet(AppendOnlyQuerySet):
    """Versions of questions."""

    def newest(self) -> QuestionVersionQuerySet:
        """The newest version of every question."""
        numbers = QuestionVersion.objects.filter(question=OuterRef("question")).order_by("-number")
        return self.filter(number=Subquery(numbers.values("number")[:1]))

    def without_key(self) -> QuestionVersionQuerySet:
        """For candidate pages: the columns that give the answer away stay in the database."""
        return self.defer("answer", "explanation")


class QuestionVersion(AppendOnlyModel):
    """What a question said at one time. `answer` and `explanation` never leave the server before a result is out.

    `leaves` maps leaf keys to weights; `points` is the author's suggestion, an exam sets its own. Numbers inside
    JSON are decimal text where they are not whole.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    type = models.CharField(_("type"), max_length=32)
    module = models.CharField(_("module"), max_length=80)
    body = models.JSONField()
    answer = models.JSONField()
    explanation = models.TextField()
    points = models.DecimalField(max_digits=6, decimal_places=2)
    leaves = models.JSONField()
    difficulty = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    as_of = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = QuestionVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="%(app_label)s_%(class)s_question_number"
            ),
            within("points", 0, 9999),
            within("difficulty", 1, 5),
        ]


class ExamVersionQuerySet(AppendOnlyQuerySet):
    """Releases of exams."""

    def newest(self) -> ExamVersionQuerySet:
        """The release candidates start on: the newest of every exam."""
        numbers = ExamVersion.objects.filter(key=OuterRef("key")).order_by("-number")
        return self.filter(number=Subquery(numbers.values("number")[:1]))


class ExamVersion(AppendOnlyModel):
    """An exam as released. `document` holds the whole compiled definition; the columns repeat what lists need."""

    key = models.SlugField(max_length=64)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    minutes = models.PositiveSmallIntegerField()
    pass_percent = models.DecimalField(max_digits=5, decimal_places=2)
    points = models.DecimalField(max_digits=7, decimal_places=2)
    document = models.JSONField()
    content_hash = models.CharField(max_length=64)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ExamVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="%(app_label)s_%(class)s_key_number"),
            within("pass_percent", 0, 100),
            within("minutes", 1, 600),
        ]

    @property
    def points_text(self) -> str:
        return as_text(self.points)

    @property
    def pass_percent_text(self) -> str:
        return as_text(self.pass_percent)


class ExamItem(AppendOnlyModel):
    """A question version pinned to an exam release, with its points there and how its marks are given.

    `rule` is {"msgid", "params"}: the note candidates may read, taken from the key at release so that no page needs it.
    """

    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    rule = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exam_version", "number"], name="%(app_label)s_%(class)s_version_number"
            ),
        ]


class AttemptStatus(models.TextChoices):
    """The life of a sitting."""

    OPEN = "open", _("In progress")
    MARKING = "marking", _("Awaiting marks")
    COMPLETE = "complete", _("Complete")


# From each status to those it may change into.
TRANSITIONS: dict[AttemptStatus, frozenset[AttemptStatus]] = {
    AttemptStatus.OPEN: frozenset({AttemptStatus.MARKING, AttemptStatus.COMPLETE}),
    AttemptStatus.MARKING: frozenset({AttemptStatus.COMPLETE}),
    AttemptStatus.COMPLETE: frozenset(),
}


class Attempt(models.Model):
    """One sitting of an exam. `exam_key` repeats the version's key so that the database can allow one open sitting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attempts")
    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="attempts")
    exam_key = models.SlugField(max_length=64)
    seed = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=AttemptStatus, default=AttemptStatus.OPEN)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("status", AttemptStatus),
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
    unanswered; `sequence` is the number of the save that wrote it, 0 before the first.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    slot = models.PositiveSmallIntegerField()
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="+")
    order = models.JSONField(default=list)
    response = models.JSONField(null=True)
    flagged = models.BooleanField(default=False)
    sequence = models.BigIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "slot"], name="%(app_label)s_%(class)s_slot"),
            models.CheckConstraint(
                condition=Q(sequence=0, saved_at=None) | Q(sequence__gt=0, saved_at__isnull=False),
                name="%(app_label)s_%(class)s_saved_has_sequence",
            ),
        ]


class Mark(AppendOnlyModel):
    """What one marker gave one answer: marks per criterion and penalty as decimal text. The newest counts."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="marks")
    marks = models.JSONField()
    penalty = models.CharField(max_length=8)
    points = models.DecimalField(max_digits=6, decimal_places=2)
    marked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()


class MarkComment(models.Model):
    """What the marker wrote to the candidate. Erasable."""

    mark = models.OneToOneField(Mark, on_delete=models.CASCADE, related_name="comment")
    text = models.TextField()


class Result(AppendOnlyModel):
    """A numbered outcome of an attempt; the newest stands, older ones stay readable.

    `items` lists {slot, points, max, needs_marking, detail} with decimal text. While `complete` is False somebody
    has yet to mark, and `passed` is NULL.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField()
    items = models.JSONField()
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

    @property
    def points_text(self) -> str:
        return as_text(self.points)

    @property
    def max_points_text(self) -> str:
        return as_text(self.max_points)


class SchemeVersionQuerySet(AppendOnlyQuerySet):
    """Releases of 1+N schemes."""

    def newest(self) -> SchemeVersionQuerySet:
        """The release that decides now: the newest of every scheme."""
        numbers = SchemeVersion.objects.filter(key=OuterRef("key")).order_by("-number")
        return self.filter(number=Subquery(numbers.values("number")[:1]))


class SchemeVersion(AppendOnlyModel):
    """A 1+N scheme as released; `definition` is read by `assessments.deciding.parse_scheme`."""

    key = models.SlugField(max_length=64)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    definition = models.JSONField()
    content_hash = models.CharField(max_length=64)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SchemeVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="%(app_label)s_%(class)s_key_number"),
        ]


class Decision(AppendOnlyModel):
    """What a scheme version came to over somebody's evidence at one time.

    `proof` is `assessments.deciding.Decision.as_json()`; `evidence_ids` are the ledger rows that met rules rest on.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="decisions")
    met = models.BooleanField()
    proof = models.JSONField()
    evidence_ids = models.JSONField()
    content_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "scheme_version"])]


class Reconsideration(models.Model):
    """How much a person's decisions have taken in: rows of evidence, and the newest scheme release.

    Evidence is only ever appended, so the count tells whether something is new, whatever order commits came in.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    evidence_count = models.PositiveIntegerField()
    newest_scheme = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, null=True, related_name="+")
