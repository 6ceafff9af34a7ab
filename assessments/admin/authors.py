"""What the pages for authors alone have in common."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from assessments.permissions import can_read_keys


class AuthorsView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the bank that shows keys: there for authors, for nobody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_read_keys(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """None: the header of the page's own title is enough."""
        return []
