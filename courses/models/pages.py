"""Courses as their authors write them, in Wagtail. Learners never read these pages: they read a CourseVersion.

So publishing cannot be scheduled: it would show nobody anything.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    TitleFieldPanel,
)
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from competencies.framework import leaf_titles
from core.constraints import one_of, within
from courses.blocks import LessonBlocks

RELEASE_PANEL = "courses/admin/release_panel.html"


class BookKind(models.TextChoices):
    """The colour of the cover."""

    QING = "qing", _("Qing, for base and open courses")
    LAN = "lan", _("Lan, for special modules")


class Module(models.TextChoices):
    """The course's place in 1+N."""

    BASE = "base", _("Base module")
    SPECIAL = "special", _("Special module")
    OPEN = "open", _("Open course")


def leaf_choices() -> list[tuple[str, str]]:
    """The leaf competencies a course can speak to."""
    return list(leaf_titles().items())


class CourseIndexPage(Page):
    """The folder of all courses."""

    subpage_types = ["courses.CoursePage"]
    max_count = 1
    preview_modes: list[tuple[str, str]] = []
    content_panels = [
        FieldPanel(
            "title", classname="title", help_text=_("What editors call the folder; learners do not see it.")
        )
    ]
    promote_panels: list[FieldPanel] = []
    settings_panels = [CommentPanel()]

    class Meta:
        verbose_name = _("course folder")
        verbose_name_plural = _("course folders")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("courses:index")


class CoursePage(Page):
    """The draft of a course; its lessons are its child pages, in the order of the page tree."""

    book_label = models.CharField(_("label on the cover"), max_length=6)
    book_kind = models.CharField(_("cover"), max_length=8, choices=BookKind, default=BookKind.QING)
    module = models.CharField(_("module"), max_length=8, choices=Module, default=Module.OPEN)
    summary = models.TextField(_("summary"), max_length=400)
    audience = models.TextField(_("for whom"), max_length=400, blank=True)
    hours = models.DecimalField(
        _("credited hours"),
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(0), MaxValueValidator(200)],
        help_text=_("Credited when the course is completed; time online is never counted."),
    )
    basis = models.TextField(_("basis"), max_length=800, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    review_by = models.DateField(_("review by"), null=True, blank=True)

    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.LessonPage"]
    admin_default_ordering = "ord"  # the order in which they are learned
    preview_modes: list[tuple[str, str]] = []
    content_panels = [
        HelpPanel(template=RELEASE_PANEL),
        TitleFieldPanel(
            "title",
            help_text=_(
                "In the catalogue, on records and in what a certificate asks for; up to 20 characters."
            ),
        ),
        FieldPanel(
            "summary",
            help_text=_(
                "On the card and at the head of the course, up to 400 characters: what one can do afterwards."
            ),
        ),
        FieldPanel(
            "audience",
            help_text=_(
                "On the page of the course: which posts, and what one must know before. May stay empty."
            ),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("book_label", help_text=_("Printed on the book, two to six characters.")),
                        FieldPanel("book_kind", help_text=_("The colour of the book on the shelf.")),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel("module", help_text=_("Its place in 1+N; the catalogue is sorted by it.")),
                        FieldPanel("hours"),
                    ]
                ),
            ],
            heading=_("Cover and credit"),
        ),
        InlinePanel(
            "leaves",
            label=_("Competency"),
            heading=_("Competencies"),
            min_num=1,
            help_text=_("Completing the course is recorded as evidence of these; learners see them."),
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "basis",
                    help_text=_("Documents and articles the course rests on, shown beside every lesson."),
                ),
                FieldRowPanel(
                    [
                        FieldPanel(
                            "as_of", help_text=_("The day on which the content was last compared with them.")
                        ),
                        FieldPanel(
                            "review_by", help_text=_("To be compared again by this day; learners see it.")
                        ),
                    ]
                ),
            ],
            heading=_("Basis"),
        ),
    ]
    promote_panels = [
        FieldPanel(
            "slug",
            help_text=_(
                "The course in the web address: small letters, digits and hyphens, such as data-analysis. "
                "Evidence names the course so: after the first release it stays."
            ),
        )
    ]
    settings_panels = [CommentPanel()]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [one_of("book_kind", BookKind), one_of("module", Module), within("hours", 0, 200)]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("courses:course", self.slug)


class CourseLeaf(Orderable, models.Model):
    """How much of a course is about one leaf competency."""

    course = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="leaves")
    leaf = models.CharField(_("competency"), max_length=8, choices=leaf_choices)
    weight = models.DecimalField(
        _("weight"), max_digits=3, decimal_places=2, validators=[MinValueValidator(0.01)]
    )

    panels = [
        FieldRowPanel(
            [
                FieldPanel("leaf", help_text=_("What the course trains.")),
                FieldPanel("weight", help_text=_("Its share of the course, such as 0.6; together best 1.")),
            ]
        )
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "leaf"], name="%(app_label)s_%(class)s_leaf_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0), name="%(app_label)s_%(class)s_weight_counts"
            ),
        ]


class LessonPage(Page):
    """The draft of a lesson. Questions, scenarios and exams are named by key: nothing here gives an answer away."""

    summary = models.CharField(_("summary"), max_length=80, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes to read"), validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    body = StreamField(LessonBlocks(), verbose_name=_("content"), blank=True)

    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []
    content_panels = [
        HelpPanel(template=RELEASE_PANEL),
        TitleFieldPanel("title", help_text=_("In the course's list of lessons; up to 20 characters.")),
        FieldPanel("summary", help_text=_("One line under the title in the list, up to 80 characters.")),
        FieldPanel(
            "minutes",
            help_text=_(
                "Minutes one needs for all of it, self-checks included (1 to 240). "
                "Learners who have 5, 10 or 20 minutes are offered what fits."
            ),
        ),
        FieldPanel(
            "body",
            help_text=_(
                "Learners read the blocks from top to bottom. Self-checks, simulations and exams are named by key; "
                "their answers never stand here."
            ),
        ),
    ]
    promote_panels = [
        FieldPanel(
            "slug",
            help_text=_(
                "The lesson in the web address: small letters, digits and hyphens, such as ask-first."
            ),
        )
    ]
    settings_panels = [CommentPanel()]

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        constraints = [within("minutes", 1, 240)]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("courses:lesson", self.get_parent().slug, self.slug)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The draft as a learner would read it, with nothing to send."""
        return TemplateResponse(request, "courses/lesson_preview.html", {"lesson": self})
