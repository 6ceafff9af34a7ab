"""The question bank: keys and frozen versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from core.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from core.constraints import within
from core.hashing import content_hash
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
    """A question by its stable key; what it says lies in its versions. Category and tags only sort the bank."""

    key = models.SlugField(_("stable key"), max_length=64, unique=True)
    category = models.CharField(_("category"), max_length=200, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)

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
