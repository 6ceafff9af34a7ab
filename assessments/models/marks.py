"""Marking by people: marks, who has which script in hand, anchors, phrases, and marks that come from a file."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.bank import Question
from assessments.models.exams import ExamVersion
from assessments.models.imports import ImportStatus
from assessments.models.sittings import Answer, Attempt, Result
from core.appendonly import AppendOnlyModel
from core.constraints import in_order, one_of, within
from people.models import Person


class MarkRound(models.IntegerChoices):
    """In which round a mark was given."""

    FIRST = 1, _("First marking")
    SECOND = 2, _("Second marking")
    THIRD = 3, _("Adjudication")
    RECHECK = 4, _("Recheck")


class Mark(AppendOnlyModel):
    """What one marker gave one answer: marks per criterion and penalty as decimal text.

    Which marks count is said by `marking.settling`. A mark that `undoes` another says that its giver took it back;
    its own numbers repeat those taken back. An `imported` mark came from a file, for a question of any type.
    """

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="marks")
    marks = models.JSONField()
    penalty = models.CharField(max_length=8)
    points = models.DecimalField(max_digits=6, decimal_places=2)
    round = models.PositiveSmallIntegerField(choices=MarkRound, default=MarkRound.FIRST)
    imported = models.BooleanField(default=False)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    marked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [one_of("round", MarkRound)]
        indexes = [models.Index(fields=["marked_by", "marked_at"])]


class MarkComment(models.Model):
    """What the marker wrote to the candidate. Erasable."""

    mark = models.OneToOneField(Mark, on_delete=models.CASCADE, related_name="comment")
    text = models.TextField()


class MarkingPlan(models.Model):
    """How the marking of an exam is organised; an exam without one is marked on the usual terms (`marking.plans`).

    `hold` is how many scripts a marker has in hand at most, for `lease_minutes` each; `quota` how many one marker marks
    in all. After the last mark a result waits `undo_minutes` before it goes out. Marking is to be done by `due_at`.
    """

    exam_key = models.SlugField(max_length=64, unique=True)
    hold = models.PositiveSmallIntegerField()
    lease_minutes = models.PositiveSmallIntegerField()
    quota = models.PositiveIntegerField(null=True)
    undo_minutes = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            within("hold", 1, 500),
            within("lease_minutes", 5, 20160),
            within("undo_minutes", 0, 1440),
        ]


class MarkingLease(models.Model):
    """A script that a marker has in hand for one round, so that nobody else marks it meanwhile. Not part of the record:
    a lapsed one is given to somebody else, a finished one goes away with its mark."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="leases")
    round = models.PositiveSmallIntegerField(choices=MarkRound)
    marker = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("round", MarkRound),
            in_order("taken_at", "expires_at"),
            models.UniqueConstraint(fields=["answer", "round"], name="%(app_label)s_%(class)s_one_marker"),
            models.UniqueConstraint(fields=["answer", "marker"], name="%(app_label)s_%(class)s_one_round"),
        ]
        indexes = [models.Index(fields=["marker", "expires_at"])]


class AnchorScript(models.Model):
    """An answer whose marks were agreed beforehand: every marker marks it blind before scripts of that question.

    `note` says why it is worth what it is. Retired rather than deleted: what markers gave it stays comparable.
    """

    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="anchor")
    marks = models.JSONField()
    penalty = models.CharField(max_length=8)
    points = models.DecimalField(max_digits=6, decimal_places=2)
    note = models.TextField(blank=True)
    chosen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [in_order("chosen_at", "retired_at")]


class AnchorMark(AppendOnlyModel):
    """What a marker gave an anchor, once, before seeing what it is worth."""

    anchor = models.ForeignKey(AnchorScript, on_delete=models.PROTECT, related_name="given")
    marks = models.JSONField()
    penalty = models.CharField(max_length=8)
    points = models.DecimalField(max_digits=6, decimal_places=2)
    marked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["anchor", "marked_by"], name="%(app_label)s_%(class)s_once"),
        ]


class MarkingPhrase(models.Model):
    """A remark that a marker uses again: for one question, or for all where `question` is NULL. Erasable."""

    marker = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, null=True, related_name="+")
    text = models.CharField(max_length=500)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marker", "question", "text"], name="%(app_label)s_%(class)s_once_each"
            ),
            models.UniqueConstraint(
                fields=["marker", "text"],
                condition=Q(question=None),
                name="%(app_label)s_%(class)s_once_for_all",
            ),
        ]


class RecheckStatus(models.TextChoices):
    """The life of a request for 成绩复核."""

    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Being rechecked")
    REFUSED = "refused", _("Refused")
    SETTLED = "settled", _("Rechecked")


RECHECK_TRANSITIONS: dict[RecheckStatus, frozenset[RecheckStatus]] = {
    RecheckStatus.ASKED: frozenset({RecheckStatus.GRANTED, RecheckStatus.REFUSED}),
    RecheckStatus.GRANTED: frozenset({RecheckStatus.SETTLED}),
    RecheckStatus.REFUSED: frozenset(),
    RecheckStatus.SETTLED: frozenset(),
}


class Recheck(models.Model):
    """成绩复核: a candidate asks for another look at one attempt, once; another marker gives it.

    `result` is the one that stood when it was asked, `outcome` the one that stands afterwards (the same where nothing
    changed). `text` and `reply` are erasable.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="recheck")
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=RecheckStatus, default=RecheckStatus.ASKED)
    text = models.TextField()
    asked_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    marker = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    outcome = models.ForeignKey(Result, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            one_of("status", RecheckStatus),
            in_order("asked_at", "decided_at"),
            in_order("decided_at", "settled_at"),
            models.CheckConstraint(
                condition=~Q(status=RecheckStatus.SETTLED)
                | Q(outcome__isnull=False, settled_at__isnull=False),
                name="%(app_label)s_%(class)s_settled_has_outcome",
            ),
        ]

    def move_to(self, status: RecheckStatus) -> None:
        """Set the status, or raise ValueError where the table of transitions has no such step. Does not save."""
        if status not in RECHECK_TRANSITIONS[RecheckStatus(self.status)]:
            raise ValueError(f"a recheck does not go from {self.status} to {status}")
        self.status = status


class MarkSheet(models.Model):
    """A file of marks for one release on its way in: read first, looked at, then taken; `path` is in private storage.

    `read_count` lines were read so far, `taken_count` are in. Erasable once the marks are in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam_version = models.ForeignKey(ExamVersion, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    path = models.CharField(max_length=200)
    status = models.CharField(max_length=16, choices=ImportStatus, default=ImportStatus.READING)
    read_count = models.PositiveIntegerField(default=0)
    taken_count = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [one_of("status", ImportStatus)]
        indexes = [models.Index(fields=["status", "touched_at"])]


class MarkLineFate(models.TextChoices):
    """What taking a line would do."""

    NEW = "new", _("New mark")
    CHANGED = "changed", _("Changes an imported mark")
    SAME = "same", _("Already in")
    SKIPPED = "skipped", _("Cannot be taken")


class MarkLine(models.Model):
    """One line of a file of marks, in its order; `cell` and `reason` say what is wrong with a skipped one."""

    sheet = models.ForeignKey(MarkSheet, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    fate = models.CharField(max_length=16, choices=MarkLineFate)
    cell = models.CharField(max_length=16, blank=True)
    reason = models.TextField(blank=True)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, null=True, related_name="+")
    marks = models.JSONField(default=dict)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    comment = models.TextField(blank=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("fate", MarkLineFate),
            models.UniqueConstraint(fields=["sheet", "number"], name="%(app_label)s_%(class)s_number"),
            models.CheckConstraint(
                condition=Q(fate=MarkLineFate.SKIPPED) | Q(answer__isnull=False, points__isnull=False),
                name="%(app_label)s_%(class)s_taken_names_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sheet", "fate"], condition=Q(taken_at=None), name="assessments_markline_due"
            )
        ]
