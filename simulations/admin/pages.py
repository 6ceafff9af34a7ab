"""What every page of the section 推演 begins with: who may come in, which draft it is about, the way back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from simulations.models import ScenarioDraft


def check_author(request: HttpRequest) -> None:
    """Raises PermissionDenied for whoever is neither author nor administrator today."""
    if not policy_registry.get_by_type(ScenarioDraft).user_has_permission(request.user, "change"):
        raise PermissionDenied


def seen_edition(request: HttpRequest) -> int:
    """The saved version on the page that was sent; -1, which none has, where it does not say."""
    text = request.POST.get("expected", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


class RehearsalsView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the section, for authors and administrators; never kept by a cache."""

    header_icon = "order"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_author(request)
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def crumbs(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        """Home, the list, then these: title and address; then this page."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("scenarios:index"), "label": _("Rehearsals")},
            *({"url": url, "label": label} for label, url in steps),
            {"label": self.get_header_title()},
        ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs()

    def refused(self, **context: Any) -> HttpResponse:
        """The page once more with what was typed and why it was not kept."""
        response: HttpResponse = self.render_to_response(self.get_context_data(**context), status=422)
        return response


class DraftPage(RehearsalsView):
    """A page about one draft. 404 for one that is not there."""

    @cached_property
    def draft(self) -> ScenarioDraft:
        return get_object_or_404(ScenarioDraft, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.draft.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((self.draft.title, reverse("scenarios:inspect", args=[self.draft.pk])))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(draft=self.draft, **kwargs)
