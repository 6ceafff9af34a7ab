"""How far somebody is. Everything here can be erased; what counts stands in the evidence ledger.

Lessons are named by their stable id, so that a new version of a course keeps everybody's progress.
"""

from __future__ import annotations

from django.db import models

from core.constraints import in_order, within
from people.models import Person


class Enrolment(models.Model):
    """Somebody takes a course, and where they last were in it. No duration is kept, anywhere."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    course_key = models.CharField(max_length=80)
    enrolled_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    last_lesson = models.CharField(max_length=32, blank=True)
    last_block = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course_key"], name="%(app_label)s_%(class)s_once_per_course"
            ),
            in_order("enrolled_at", "completed_at"),
        ]


class LessonProgress(models.Model):
    """A lesson somebody opened, and when they completed it."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="lessons")
    lesson_id = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson_id"], name="%(app_label)s_%(class)s_once_per_lesson"
            ),
            in_order("opened_at", "completed_at"),
        ]


class CheckAnswer(models.Model):
    """The newest answer to a self-check. Once correct it stays so, whatever is tried afterwards.

    `explanation` is empty until the learner may read it.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="check_answers")
    question_key = models.CharField(max_length=80)
    response = models.JSONField()
    correct = models.BooleanField()
    explanation = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=1)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "question_key"], name="%(app_label)s_%(class)s_once_per_question"
            ),
            within("tries", 1, 32_767),
        ]


class Reflection(models.Model):
    """What a learner wrote for themselves. Nobody else reads it, whatever their role."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="reflections")
    lesson_id = models.CharField(max_length=32)
    block_id = models.CharField(max_length=64)
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson_id", "block_id"], name="%(app_label)s_%(class)s_once_per_block"
            )
        ]
