"""The root of the page tree."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
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

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    max_count = 1

    class Meta:
        verbose_name = _("home page")
