"""The question bank: keys, their life, frozen versions, and the files that questions show."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from core.constraints import one_of, within
from core.hashing import content_hash
from library.models import PolicyClause
from people.models import Person


class QuestionStatus(models.TextChoices):
    """The life of a question: of its newest version."""

    DRAFT = "draft", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")
    LIVE = "live", _("In use")
    SUSPECT = "suspect", _("Suspect")
    RETIRED = "retired", _("Retired")


# From each status to those a person may choose. Storing a new version leads to DRAFT from anywhere.
QUESTION_TRANSITIONS: dict[QuestionStatus, frozenset[QuestionStatus]] = {
    QuestionStatus.DRAFT: frozenset({QuestionStatus.REVIEWED, QuestionStatus.RETIRED}),
    QuestionStatus.REVIEWED: frozenset({QuestionStatus.LIVE, QuestionStatus.DRAFT, QuestionStatus.RETIRED}),
    QuestionStatus.LIVE: frozenset({QuestionStatus.SUSPECT, QuestionStatus.RETIRED}),
    QuestionStatus.SUSPECT: frozenset({QuestionStatus.LIVE, QuestionStatus.DRAFT, QuestionStatus.RETIRED}),
    QuestionStatus.RETIRED: frozenset({QuestionStatus.DRAFT}),
}


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
    """A question by its stable key; what it says lies in its versions. Category and tags only sort the bank.

    `live_number` is the version that new exams take, NULL while there is none; `shown_number` is the one that lessons
    show: the last that was in use. `author` answers for the question and for what learners report about it.
    """

    key = models.SlugField(_("stable key"), max_length=64, unique=True)
    status = models.CharField(
        _("status"), max_length=16, choices=QuestionStatus, default=QuestionStatus.DRAFT
    )
    live_number = models.PositiveIntegerField(null=True, editable=False)
    shown_number = models.PositiveIntegerField(null=True, editable=False)
    category = models.CharField(_("category"), max_length=200, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    author = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    review_on = models.DateField(_("review by"), null=True, blank=True)
    clauses = models.ManyToManyField(
        PolicyClause, blank=True, related_name="questions", verbose_name=_("clauses it rests on")
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("question bank")
        constraints = [
            one_of("status", QuestionStatus),
            models.CheckConstraint(
                condition=~Q(status=QuestionStatus.LIVE) | Q(live_number__isnull=False),
                name="%(app_label)s_%(class)s_live_has_version",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[QuestionStatus.SUSPECT, QuestionStatus.RETIRED])
                | Q(live_number=None),
                name="%(app_label)s_%(class)s_withdrawn_not_taken",
            ),
        ]
        indexes = [models.Index(fields=["status"])]

    def __str__(self) -> str:
        return self.key


class QuestionVersionQuerySet(AppendOnlyQuerySet):
    """Versions of questions."""

    def newest(self) -> QuestionVersionQuerySet:
        """The newest version of every question."""
        numbers = QuestionVersion.objects.filter(question=OuterRef("question")).order_by("-number")
        return self.filter(number=Subquery(numbers.values("number")[:1]))

    def live(self) -> QuestionVersionQuerySet:
        """The version of every question that new exams take; questions that may not be taken are absent."""
        return self.filter(number=F("question__live_number"))

    def shown(self) -> QuestionVersionQuerySet:
        """The version of every question that lessons show: the last that was in use, else the newest."""
        newest = QuestionVersion.objects.filter(question=OuterRef("question")).order_by("-number")
        return self.filter(
            number=Coalesce(F("question__shown_number"), Subquery(newest.values("number")[:1]))
        )

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

    @classmethod
    def of(
        cls, question: Question, number: int, content: Mapping[str, Any], *, by: Person | None, now: datetime
    ) -> QuestionVersion:
        """The version, not stored yet, that says this (see `bank.checked_content`)."""
        fields = {name: value for name, value in content.items() if name not in {"key", "points"}}
        return cls(
            question=question,
            number=number,
            points=Decimal(content["points"]),
            content_hash=content_hash(content),
            stored_at=now,
            stored_by=by,
            **fields,
        )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="%(app_label)s_%(class)s_question_number"
            ),
            within("points", 0, 9999),
            within("difficulty", 1, 5),
        ]


class QuestionMove(models.Model):
    """A step in the life of a question: who moved its version `number` to which status, and why. Erasable."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="moves")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=QuestionStatus)
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [one_of("status", QuestionStatus)]


class Medium(models.Model):
    """A picture or sound that questions may show, kept once under its hash: `file` is SHA-256 plus suffix.

    Width and height are in pixels, NULL for sounds; `name` is what the file was called where it came from.
    """

    file = models.CharField(max_length=72, unique=True)
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")


class ErratumKind(models.TextChoices):
    """What a learner says is wrong with a question."""

    KEY = "key", _("The right answer is wrong")
    UNCLEAR = "unclear", _("The question is unclear")
    OUTDATED = "outdated", _("The rule has changed")
    TYPO = "typo", _("A slip of the pen")
    OTHER = "other", _("Something else")


class ErratumStatus(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("Awaiting an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Not changed")


class Erratum(models.Model):
    """报错: what a learner says is wrong with the version they saw, and what the author answered. Erasable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="errata")
    reporter = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="errata")
    kind = models.CharField(max_length=16, choices=ErratumKind)
    text = models.TextField(max_length=1000)
    reported_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=ErratumStatus, default=ErratumStatus.OPEN)
    answer = models.TextField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("report on a question")
        verbose_name_plural = _("reports on questions")
        constraints = [
            one_of("kind", ErratumKind),
            one_of("status", ErratumStatus),
            models.UniqueConstraint(
                fields=["reporter", "question_version"],
                condition=Q(status=ErratumStatus.OPEN),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status=ErratumStatus.OPEN, answered_at=None)
                | (~Q(status=ErratumStatus.OPEN) & Q(answered_at__isnull=False)),
                name="%(app_label)s_%(class)s_answered_when_closed",
            ),
        ]
        indexes = [models.Index(fields=["status", "reported_at"])]
