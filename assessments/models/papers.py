"""Papers on paper: a printed copy for a candidate, and its answers as two people typed them in."""

from __future__ import annotations

from django.db import models

from assessments.models.exams import ExamVersion
from assessments.models.halls import Seat
from assessments.models.sittings import Attempt
from core.constraints import within
from people.models import Person


class PaperCopy(models.Model):
    """A printed paper, known by the code in its QR: the exam's version and a seed give its questions again."""

    code = models.CharField(max_length=32, unique=True)
    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="paper_copy")
    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=32)
    printed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, null=True, related_name="paper_copy")


class Keying(models.Model):
    """What one person read off a paper: {slot: response}. The first two are blind to each other, a third settles.

    Erasable: the answers live on in the attempt.
    """

    copy = models.ForeignKey(PaperCopy, on_delete=models.CASCADE, related_name="keyings")
    round = models.PositiveSmallIntegerField()
    responses = models.JSONField(default=dict)
    keyed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    keyed_at = models.DateTimeField()

    class Meta:
        constraints = [
            within("round", 1, 3),
            models.UniqueConstraint(fields=["copy", "round"], name="%(app_label)s_%(class)s_round"),
            models.UniqueConstraint(
                fields=["copy", "keyed_by"], name="%(app_label)s_%(class)s_another_person"
            ),
        ]
