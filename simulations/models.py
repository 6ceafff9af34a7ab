"""Scenarios as drafts, as released versions, and the runs people make through them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import CommentPanel, FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from core.appendonly import AppendOnlyModel
from core.constraints import in_order, one_of, within
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
    a JSON column would lose it (PostgreSQL sorts keys). `content_hash` is the engine's, blind to that order.
    """

    key = models.CharField(_("stable key"), max_length=KEY_LENGTH, unique=True)
    title = models.CharField(_("title"), max_length=160)
    document = models.TextField()
    content_hash = models.CharField(max_length=64)
    stored_at = models.DateTimeField(_("stored at"))
    stored_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ScenarioDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    def __str__(self) -> str:
        return self.title


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


class RunStatus(models.TextChoices):
    """Where a run stands."""

    OPEN = "open", _("Under way")
    FINISHED = "finished", _("Finished")


TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.OPEN: frozenset({RunStatus.FINISHED}),
    RunStatus.FINISHED: frozenset(),
}
"""What a run may become. There is no way back from the end, and no way to throw a run away."""

_UNDECIDED = Q(finished_at=None, ending="", ending_title="", total=None, passed=None)
_DECIDED = ~Q(ending="") & Q(finished_at__isnull=False, total__isnull=False, passed__isnull=False)


class Playthrough(models.Model):
    """One person's run of one version. The run itself is its seed and its steps; the engine recomputes the rest.

    `ending`, `ending_title`, `total` (0..100) and `passed` repeat what the engine says of a finished run, so that
    lists need not replay it. `ordinal` counts a person's runs of a scenario; the first one shapes the profile.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="playthroughs")
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="playthroughs")
    scenario_key = models.CharField(max_length=KEY_LENGTH)
    ordinal = models.PositiveIntegerField()
    seed = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=RunStatus, default=RunStatus.OPEN)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=40, blank=True)
    ending_title = models.TextField(blank=True)
    total = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            one_of("status", RunStatus),
            in_order("started_at", "finished_at"),
            within("total", 0, 100),
            within("ordinal", 1, 1_000_000),
            models.UniqueConstraint(
                fields=["person", "scenario_key", "ordinal"], name="%(app_label)s_%(class)s_counted"
            ),
            models.UniqueConstraint(
                fields=["person", "scenario_key"],
                condition=Q(status=RunStatus.OPEN),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.CheckConstraint(
                condition=(Q(status=RunStatus.OPEN) & _UNDECIDED) | (Q(status=RunStatus.FINISHED) & _DECIDED),
                name="%(app_label)s_%(class)s_outcome_when_finished",
            ),
        ]

    @property
    def is_finished(self) -> bool:
        return self.status == RunStatus.FINISHED

    @property
    def is_first(self) -> bool:
        """Whether this run shapes the profile; every later one is practice."""
        return self.ordinal == 1


class Step(AppendOnlyModel):
    """One choice of a run. `index` counts from 1; the node it was made at follows from the steps before."""

    playthrough = models.ForeignKey(Playthrough, on_delete=models.PROTECT, related_name="steps")
    index = models.PositiveSmallIntegerField()
    choice = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playthrough", "index"], name="%(app_label)s_%(class)s_once"),
            within("index", 1, 1_000),
        ]


class ScenarioPage(Page):
    """What may be read about a scenario before playing it: title, brief and the key. Nothing of its insides."""

    brief = RichTextField(_("brief"), features=["bold", "italic", "ol", "ul", "link", "h3"])
    scenario_key = models.CharField(_("scenario key"), max_length=KEY_LENGTH)

    content_panels = [
        FieldPanel(
            "title",
            classname="title",
            help_text=_("Stands above the brief; up to 20 characters, without giving away the end."),
        ),
        FieldPanel(
            "scenario_key",
            help_text=_("Of the rehearsal this page leads to, such as S1; the list of rehearsals has it."),
        ),
        FieldPanel(
            "brief",
            help_text=_(
                "What one may read before playing: where it is, who one is, what is asked. No outcomes."
            ),
        ),
    ]
    promote_panels: list[FieldPanel] = []
    settings_panels = [CommentPanel()]
    subpage_types: list[str] = []
    preview_modes: list[tuple[str, str]] = []

    class Meta:
        verbose_name = _("scenario page")
        verbose_name_plural = _("scenario pages")

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """The page lives at our own address, not at its place in the tree."""
        parts = super().get_url_parts(request)
        if parts is None:
            return None
        return parts[0], parts[1], reverse("simulations:scenario", args=[self.scenario_key])

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Send whoever comes by the tree to the address in use."""
        return redirect("simulations:scenario", self.scenario_key)
