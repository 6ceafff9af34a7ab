"""The root of the page tree."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import CommentPanel, FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class HomePage(Page):
    """The page above all others: what a visitor without an account reads about this site."""

    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "link", "ul"],
        help_text=_("Shown on the front page to visitors who are not signed in."),
    )

    content_panels = [
        FieldPanel("title", classname="title", help_text=_("What editors call this page.")),
        FieldPanel("introduction"),
    ]
    promote_panels: list[FieldPanel] = []
    settings_panels = [CommentPanel()]
    max_count = 1

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")
