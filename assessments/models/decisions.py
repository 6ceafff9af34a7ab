"""1+N schemes as released, and what they came to."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, Subquery

from core.appendonly import AppendOnlyModel, AppendOnlyQuerySet
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
