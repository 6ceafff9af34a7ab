"""Audit entries and their seals, chained so that a missing or altered line shows; keys of what may happen only once."""

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


class DoneOnce(models.Model):
    """A key that was used: who did what with it. `actor` is a Person's UUID, `body` the hash of what was asked for."""

    key = models.UUIDField(primary_key=True)
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    body = models.CharField(max_length=64)
    done_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["done_at"])]
