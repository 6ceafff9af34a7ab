"""What happened in a sitting: every acknowledged save as a chain, what the page noticed, what came too late."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.sittings import Attempt
from core.appendonly import AppendOnlyModel
from core.constraints import one_of
from people.models import Person


class AnswerEntry(AppendOnlyModel):
    """One acknowledged save, chained to the one before: the candidate's receipt, and the proof that it is whole.

    `digest` is the SHA-256 of the response, never the response; `hash` covers the hash before, slot, sequence, digest
    and time (see `sittings.receipts`). Written by the database itself with the answer (see `sittings.journal`).
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="entries", db_index=False)
    number = models.PositiveIntegerField()
    slot = models.PositiveSmallIntegerField()
    sequence = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="%(app_label)s_%(class)s_number"),
        ]


class EventKind(models.TextChoices):
    """What a sitting's page or the server noticed. None of it is a judgement."""

    OPENED = "opened", _("Opened")
    MOVED = "moved", _("Opened from another login or device")
    FENCED = "fenced", _("Written in an older window")
    HIDDEN = "hidden", _("Another window or program in front")
    SHOWN = "shown", _("Back to the paper")
    OFFLINE = "offline", _("Network gone")
    ONLINE = "online", _("Network back")
    PASTED = "pasted", _("Text pasted")
    EXTENDED = "extended", _("Time added")
    LATE = "late", _("Answer after the end")
    CLOSED = "closed", _("Paper handed in")


class SittingEvent(AppendOnlyModel):
    """One line of the journal that a person may look at. `said_at` is the page's own clock, which decides nothing.

    `detail` holds numbers and codes: how many seconds, how many characters, which slot.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind)
    happened_at = models.DateTimeField()
    said_at = models.DateTimeField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [one_of("kind", EventKind)]
        indexes = [models.Index(fields=["attempt", "happened_at"])]


class HeldReason(models.TextChoices):
    """Why an answer was kept beside the paper instead of in it."""

    LATE = "late", _("It arrived after the end")
    FENCED = "fenced", _("It came from an older window")


class HeldStatus(models.TextChoices):
    """What became of it."""

    HELD = "held", _("Waiting for a decision")
    ACCEPTED = "accepted", _("Taken into the paper")
    REFUSED = "refused", _("Not taken")


HELD_TRANSITIONS: dict[HeldStatus, frozenset[HeldStatus]] = {
    HeldStatus.HELD: frozenset({HeldStatus.ACCEPTED, HeldStatus.REFUSED}),
    HeldStatus.ACCEPTED: frozenset(),
    HeldStatus.REFUSED: frozenset(),
}


class HeldAnswer(models.Model):
    """An answer that came late or from a fenced window: kept whole, decided by the exam's policy or by a person.

    `replaced` is what stood in the paper before it was taken, NULL where nothing did or it was not taken.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="held_answers")
    slot = models.PositiveSmallIntegerField()
    response = models.JSONField(null=True)
    sequence = models.BigIntegerField()
    fence = models.PositiveIntegerField()
    reason = models.CharField(max_length=16, choices=HeldReason)
    said_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=HeldStatus, default=HeldStatus.HELD)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    replaced = models.JSONField(null=True)

    class Meta:
        constraints = [
            one_of("reason", HeldReason),
            one_of("status", HeldStatus),
            models.UniqueConstraint(
                fields=["attempt", "slot", "fence", "sequence"], name="%(app_label)s_%(class)s_once"
            ),
            models.CheckConstraint(
                condition=Q(status=HeldStatus.HELD, decided_at=None)
                | (~Q(status=HeldStatus.HELD) & Q(decided_at__isnull=False)),
                name="%(app_label)s_%(class)s_decided",
            ),
        ]


class Verdict(models.TextChoices):
    """What a person found on looking at a sitting's journal."""

    CLEAR = "clear", _("Nothing to object to")
    NOTED = "noted", _("Noted with the paper")


class Inquiry(models.Model):
    """A person's finding about a sitting, and the candidate's objection to it. Changes no mark. Erasable text."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="inquiries")
    verdict = models.CharField(max_length=16, choices=Verdict)
    text = models.TextField(max_length=1000, blank=True)
    found_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    objection = models.TextField(max_length=1000, blank=True)
    objected_at = models.DateTimeField(null=True)
    reply = models.TextField(max_length=1000, blank=True)
    replied_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("verdict", Verdict),
            models.CheckConstraint(
                condition=Q(replied_at=None) | Q(objected_at__isnull=False, replied_by__isnull=False),
                name="%(app_label)s_%(class)s_reply_to_objection",
            ),
            models.CheckConstraint(
                condition=~Q(replied_by=models.F("found_by")) | Q(replied_by=None),
                name="%(app_label)s_%(class)s_second_person",
            ),
        ]
