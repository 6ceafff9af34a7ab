"""Sections of the editor's admin that only show records; whatever changes them has a page of its own."""

from __future__ import annotations

from typing import Any

from wagtail.admin.viewsets.model import ModelViewSet


class LookingViewSet(ModelViewSet):
    """A list, and whatever pages `get_urlpatterns` names; without Wagtail's forms there are no addresses to them."""

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        absent = dict.fromkeys(
            ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        )
        return super().get_common_view_kwargs(**{**absent, **kwargs})

    def register_admin_url_finder(self) -> None:
        """There is no edit address to find."""
