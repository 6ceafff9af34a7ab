"""Scenarios being written, every saved state of them, and the versions that were released."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from core.appendonly import AppendOnlyModel
from core.constraints import within
from people.models import Person

KEY_LENGTH = 80
SCHEMA = 1
"""The number of the document format that releases are written in."""


class ScenarioDraftQuerySet(models.QuerySet):
    """Drafts with what became of them."""

    def with_releases(self) -> ScenarioDraftQuerySet:
        """Adds `newest_number`, `newest_hash` and `released_at` of the newest release; None before the first."""
        newest = ScenarioVersion.objects.filter(key=OuterRef("key")).order_by("-number")
        return self.annotate(
            newest_number=Subquery(newest.values("number")[:1]),
            newest_hash=Subquery(newest.values("content_hash")[:1]),
            released_at=Subquery(newest.values("released_at")[:1]),
        )


class ScenarioDraft(models.Model):
    """A scenario being written. The only place where effects and scores can change; never part of a page.

    `document` is JSON text in the author's order of keys, which is the order variables and axes are shown in:
    a JSON column would lose it (PostgreSQL sorts keys). `content_hash` is the engine's, blind to that order. A draft
    may be unfinished or wrong; only a release needs a document without faults. `edition` is the number of its newest
    `DraftEdition`; who saves says which one they read.
    """

    key = models.CharField(_("stable key"), max_length=KEY_LENGTH, unique=True)
    title = models.CharField(_("title"), max_length=160)
    document = models.TextField()
    content_hash = models.CharField(max_length=64)
    stored_at = models.DateTimeField(_("stored at"))
    stored_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    edition = models.PositiveIntegerField(_("saved version"), default=0)

    objects = ScenarioDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    def __str__(self) -> str:
        return self.title


class DraftEdition(AppendOnlyModel):
    """A draft as it was saved once.

    `changed` lists what was done, {what, where}, such as {"what": "node", "where": "N03"}; `restored` is the number of
    the edition that was brought back, if this one came about so.
    """

    draft = models.ForeignKey(ScenarioDraft, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    content_hash = models.CharField(max_length=64)
    changed = models.JSONField(default=list)
    restored = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="%(app_label)s_%(class)s_numbered"),
            within("number", 1, 1_000_000),
        ]


class ScenarioVersion(AppendOnlyModel):
    """A released scenario, as runs use it for ever. `minutes` is the usual length of a run, `hours` its credit.

    `view_ref` binds the competency view that judges a run, such as "A@1".
    """

    key = models.CharField(max_length=KEY_LENGTH)
    number = models.PositiveIntegerField()
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    title = models.CharField(max_length=160)
    minutes = models.PositiveSmallIntegerField()
    hours = models.DecimalField(max_digits=4, decimal_places=1)
    view_ref = models.CharField(max_length=16)
    document = models.TextField()
    content_hash = models.CharField(max_length=64)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="%(app_label)s_%(class)s_numbered"),
            within("number", 1, 1_000_000),
            within("hours", 0, 999),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"
