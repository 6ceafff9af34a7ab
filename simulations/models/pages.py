"""What may be read about a scenario before playing it."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import CommentPanel, FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from simulations.models.drafts import KEY_LENGTH


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
