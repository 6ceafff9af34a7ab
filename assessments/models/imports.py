"""Files of questions on their way into the bank: read first, looked at, then taken."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import one_of
from people.models import Person


class ImportStatus(models.TextChoices):
    """How far a file is."""

    READING = "reading", _("Being read")
    READ = "read", _("Read, waiting for you")
    TAKING = "taking", _("Going into the bank")
    DONE = "done", _("In the bank")
    REFUSED = "refused", _("Could not be read")


IMPORT_TRANSITIONS: dict[ImportStatus, frozenset[ImportStatus]] = {
    ImportStatus.READING: frozenset({ImportStatus.READ, ImportStatus.REFUSED}),
    ImportStatus.READ: frozenset({ImportStatus.TAKING}),
    ImportStatus.TAKING: frozenset({ImportStatus.DONE}),
    ImportStatus.DONE: frozenset(),
    ImportStatus.REFUSED: frozenset(),
}


class BankImport(models.Model):
    """One uploaded file: `path` lies in the private storage; `leaf` counts where the file names none.

    `read_count` entries were read so far; `taken_count` of the chosen ones are in the bank; `problem` says why a file
    was refused. `besides` is what a file has beside questions (see `advancing`): quizzes and sittings, counted and
    told about. Everything here can be erased once the questions are in the bank.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=160)
    path = models.CharField(max_length=200)
    format = models.CharField(max_length=32)
    module = models.CharField(max_length=80)
    leaf = models.CharField(max_length=8)
    status = models.CharField(max_length=16, choices=ImportStatus, default=ImportStatus.READING)
    read_count = models.PositiveIntegerField(default=0)
    taken_count = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    besides = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")
        constraints = [one_of("status", ImportStatus)]
        indexes = [models.Index(fields=["status", "touched_at"])]

    def move_to(self, status: ImportStatus) -> None:
        """Set the status, or raise ValueError where the table of transitions has no such step. Does not save."""
        if status not in IMPORT_TRANSITIONS[ImportStatus(self.status)]:
            raise ValueError(f"an import does not go from {self.status} to {status}")
        self.status = status


class LineFate(models.TextChoices):
    """What taking a line would do to the bank."""

    NEW = "new", _("New question")
    CHANGED = "changed", _("New version")
    SAME = "same", _("In the bank already")
    SKIPPED = "skipped", _("Cannot be taken")


class ImportLine(models.Model):
    """One question of a file, in its order, and what is to be told about it.

    `content` is what was read, as `bank.checked_content` has it, NULL when it was skipped; `category`, `tags`,
    `clauses` and `review_on` say where a new question is filed; `similar` lists {key, percent} of questions that ask
    nearly the same.
    """

    bank_import = models.ForeignKey(BankImport, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    where = models.CharField(max_length=300)
    fate = models.CharField(max_length=16, choices=LineFate)
    key = models.CharField(max_length=64, blank=True)
    content = models.JSONField(null=True)
    category = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list)
    clauses = models.JSONField(default=list)
    review_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    similar = models.JSONField(default=list)
    chosen = models.BooleanField(default=True)
    taken = models.BooleanField(default=False)

    class Meta:
        constraints = [
            one_of("fate", LineFate),
            models.UniqueConstraint(fields=["bank_import", "number"], name="%(app_label)s_%(class)s_number"),
        ]
