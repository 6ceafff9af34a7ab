"""Audit entries and their seals: who did what, chained so that a missing or altered line shows."""

from __future__ import annotations

from django.db import models

from core.appendonly import AppendOnlyModel


class AuditEntry(AppendOnlyModel):
    """One privileged write. Text only, no foreign keys: it outlives what it speaks of, and names nobody.

    `actor` is a Person's UUID, or "system"; `target` is "room.noun:key"; `detail` holds codes, counts and hashes.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=128)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["target"]), models.Index(fields=["at"])]


class AuditSeal(AppendOnlyModel):
    """An entry's place in the hash chain, written by the sealer within a minute of the entry."""

    position = models.PositiveBigIntegerField(unique=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
