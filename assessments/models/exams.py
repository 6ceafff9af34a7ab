"""Exams as released, and what they pin."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from assessments.items.checking import as_text
from assessments.models.bank import QuestionVersion
from core.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from core.constraints import within
from people.models import Person

# 试考: the exam that is none (see `entry.rehearsal`).
REHEARSAL = "qinglan-rehearsal"


class ExamVersionQuerySet(AppendOnlyQuerySet):
    """Releases of exams."""

    def held(self) -> ExamVersionQuerySet:
        """Without the rehearsal of the interface, which stands in no list."""
        return self.exclude(key=REHEARSAL)

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

    `section` is the part of the blueprint it stands in or may be drawn for; a question that fits two sections is two
    items. `rule` is {"msgid", "params"}: the note candidates may read, taken from the key at release so that no page
    needs it.
    """

    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    section = models.PositiveSmallIntegerField(default=1)
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    rule = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exam_version", "number"], name="%(app_label)s_%(class)s_version_number"
            ),
        ]


class ExamDraft(models.Model):
    """A definition on its way to a release (see `exams.releasing`), editable until then. `source`: where it came from.

    `released_number` is the version it was last released as.
    """

    key = models.SlugField(_("stable key"), max_length=64, unique=True)
    title = models.CharField(_("title"), max_length=80)
    definition = models.JSONField()
    source = models.CharField(max_length=200, blank=True)
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    released_number = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("exam draft")
        verbose_name_plural = _("exam drafts")

    def __str__(self) -> str:
        return self.title
