"""What evidence is about, and the ledger itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from core.constraints import one_of, within
from people.models import Person


class SubjectKind(models.TextChoices):
    """What kinds of things evidence can be about."""

    COURSE = "course", _("Course")
    SCENARIO = "scenario", _("Simulation")
    EXAM = "exam", _("Exam")
    PAIRING = "pairing", _("Pairing")
    WORKSHOP = "workshop", _("Workshop")
    SCHEME = "scheme", _("Scheme")
    CERTIFICATE = "certificate", _("Certificate")


class Subject(models.Model):
    """Something evidence can be about; registered by its room on release, so that schemes can name it."""

    kind = models.CharField(max_length=16, choices=SubjectKind)
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=160)
    hours = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    url = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="%(app_label)s_%(class)s_kind_key"),
            one_of("kind", SubjectKind),
            within("hours", 0, 9999),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceQuerySet(AppendOnlyQuerySet):
    """The ledger folded: a row counts while nothing supersedes it and it is not itself a withdrawal."""

    def standing(self) -> EvidenceQuerySet:
        """Rows that count now."""
        return self.filter(superseded_by=None, withdrawn=False)

    def of(self, person: Person) -> EvidenceQuerySet:
        """One person's rows."""
        return self.filter(person=person)


class EvidenceKind(models.TextChoices):
    """What kinds of traces there are."""

    COURSE = "course", _("Course completed")
    SCENARIO = "scenario", _("Simulation played")
    EXAM = "exam", _("Exam marked")
    ENDORSEMENT = "endorsement", _("Mentor's endorsement")
    WORKSHOP = "workshop", _("Workshop")
    PRACTICE = "practice", _("Practice")
    CERTIFICATE = "certificate", _("Certificate issued")
    EXEMPTION = "exemption", _("Exemption from an exam")


class Evidence(AppendOnlyModel):
    """One immutable trace of something done. Personal only through an opaque Person.

    `score` is 0..1 of what was attainable, or NULL where nothing was scored. `weights` spread the trace over
    leaves ({"DIG": "0.8"}; empty: counts for rules, not for the profile). `leaf_scores` gives a leaf its own score
    where the activity measured one. `passed` is the activity's own word, NULL where it has none: an exam may ask for
    more than points. Numbers inside JSON are decimal text, so that rows hash the same everywhere.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="evidence")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=16, choices=EvidenceKind)
    version_hash = models.CharField(max_length=64)
    score = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    hours = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    weights = models.JSONField(default=dict)
    leaf_scores = models.JSONField(default=dict)
    passed = models.BooleanField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source_key = models.CharField(max_length=120, unique=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    withdrawn = models.BooleanField(default=False)

    objects = EvidenceQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            one_of("kind", EvidenceKind),
            within("score", 0, 1),
            within("hours", 0, 9999),
            models.CheckConstraint(
                condition=models.Q(withdrawn=False) | models.Q(supersedes__isnull=False),
                name="%(app_label)s_%(class)s_withdrawal_names_what",
            ),
        ]
        indexes = [models.Index(fields=["person", "kind"])]
