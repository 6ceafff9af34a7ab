"""1+N schemes as released, and what they came to."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from core.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from core.constraints import in_order, one_of
from people.models import Person


class SchemeVersionQuerySet(AppendOnlyQuerySet):
    """Releases of 1+N schemes."""

    def newest(self) -> SchemeVersionQuerySet:
        """The release that decides now: the newest of every scheme."""
        numbers = SchemeVersion.objects.filter(key=OuterRef("key")).order_by("-number")
        return self.filter(number=Subquery(numbers.values("number")[:1]))


class SchemeVersion(AppendOnlyModel):
    """A 1+N scheme as released; `definition` is read by `assessments.deciding.parse_scheme`."""

    key = models.SlugField(max_length=64)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    definition = models.JSONField()
    content_hash = models.CharField(max_length=64)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SchemeVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="%(app_label)s_%(class)s_key_number"),
        ]


class Decision(AppendOnlyModel):
    """What a scheme version came to over somebody's evidence at one time.

    `proof` is `assessments.deciding.Decision.as_json()`; `evidence_ids` are the ledger rows that met rules rest on.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="decisions")
    met = models.BooleanField()
    proof = models.JSONField()
    evidence_ids = models.JSONField()
    content_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "scheme_version"])]


class Reconsideration(models.Model):
    """How much a person's decisions have taken in: rows of evidence, and the newest scheme release.

    Evidence is only ever appended, so the count tells whether something is new, whatever order commits came in.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    evidence_count = models.PositiveIntegerField()
    newest_scheme = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, null=True, related_name="+")


class SchemeDraft(models.Model):
    """A scheme on its way to a release, editable until then; `definition` may still be wrong.

    `released_number` is the version it was last released as. `revision` counts the saves, so that of two windows the
    older one is told.
    """

    key = models.SlugField(_("stable key"), max_length=64, unique=True)
    title = models.CharField(_("title"), max_length=80)
    definition = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    released_number = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("1+N schemes")

    def __str__(self) -> str:
        return self.title


class PreviewStatus(models.TextChoices):
    """How far a preview of a scheme is."""

    WAITING = "waiting", _("Waiting")
    COUNTING = "counting", _("Under way")
    DONE = "done", _("Done")


class SchemePreview(models.Model):
    """Who would gain and who would lose if a draft were released: a job over everybody with evidence.

    `content_hash` is that of the draft's definition; `gains` and `losses` list ids of people, `cursor` is the last
    person looked at.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(SchemeDraft, on_delete=models.CASCADE, related_name="previews")
    content_hash = models.CharField(max_length=64)
    definition = models.JSONField()
    against = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=16, choices=PreviewStatus, default=PreviewStatus.WAITING)
    cursor = models.UUIDField(null=True)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    met_count = models.PositiveIntegerField(default=0)
    gains = models.JSONField(default=list)
    losses = models.JSONField(default=list)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("status", PreviewStatus),
            in_order("asked_at", "finished_at"),
        ]
        indexes = [models.Index(fields=["status", "touched_at"])]


class DecisionReview(models.Model):
    """One night's deciding of everything again, and what came out differently from what had been recorded.

    `differences` lists {person, scheme, before, after, cause}: ids and codes only. `cursor` is the last person looked
    at: a killed night goes on there.
    """

    run_on = models.DateField(unique=True)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cursor = models.UUIDField(null=True)
    people_count = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)

    class Meta:
        constraints = [in_order("started_at", "finished_at")]
