"""What was corrected in an exam that people had sat already."""

from __future__ import annotations

from django.db import models

from assessments.models.exams import ExamVersion
from core.appendonly import AppendOnlyModel
from people.models import Person


class ExamCorrection(AppendOnlyModel):
    """One approved change of how a release is scored. Corrections of a release add up in the order of `number`.

    `changes` is read by `regrading.changes`. What the release said, and the results it led to, stay readable. The words
    for it lie in the `Regrade` that asked for it.
    """

    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField()
    changes = models.JSONField()
    content_hash = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exam_version", "number"], name="%(app_label)s_%(class)s_version_number"
            ),
            models.CheckConstraint(
                condition=~models.Q(proposed_by=models.F("approved_by")),
                name="%(app_label)s_%(class)s_another_person",
            ),
        ]
