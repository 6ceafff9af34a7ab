"""The start page of the editor's admin: what waits, and how work gets from a draft to a learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.admin.panels import panels_for, waiting_in
from cms.navigation import duties_in
from people.accounts import current_person
from people.models import Role


@dataclass(frozen=True)
class Start:
    """A first click for those who come with something to do."""

    title: str | Promise
    view: str
    role: Role

    @property
    def url(self) -> str:
        """Resolved late: the list is written before the addresses are known."""
        return reverse(self.view)


STARTS = (
    Start(_("Propose a batch of certificates"), "certificates:propose", Role.ADMINISTRATOR),
    Start(_("Find somebody"), "people:index", Role.ADMINISTRATOR),
    Start(_("See all pairings"), "pairings:index", Role.ADMINISTRATOR),
    Start(_("Begin a course"), "course_list:choose_parent", Role.AUTHOR),
    Start(_("Upload pictures"), "wagtailimages:add_multiple", Role.AUTHOR),
    Start(_("Write down a policy clause"), "wagtailsnippets_library_policyclause:add", Role.AUTHOR),
    Start(_("Go to the marking queue"), "assessments:marking", Role.EXAMINER),
)


class Workbench(WagtailAdminTemplateMixin, TemplateView):
    """工作台."""

    template_name = "wagtailadmin/workbench.html"
    page_title = _("Workbench")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles, now = duties_in(self.request).roles, timezone.now()
        panels = panels_for(current_person(self.request), roles, at=now)
        return super().get_context_data(
            now=now,
            waiting=waiting_in(panels),
            open_panels=[panel for panel in panels if panel.count],
            settled_panels=[panel for panel in panels if not panel.count],
            starts=[start for start in STARTS if start.role in roles],
            releases=Role.AUTHOR in roles,
            **kwargs,
        )


workbench = require_admin_access(Workbench.as_view())
