"""The section 推演 of the editor's admin: a list, and the pages that `simulations.admin.urls` names."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from core.viewsets import LookingViewSet
from simulations.admin.overview import DraftIndexView
from simulations.models import ScenarioDraft


class ScenarioDraftViewSet(LookingViewSet):
    """Drafts are written on pages of their own; Wagtail's forms, revisions and histories know nothing of them."""

    model = ScenarioDraft
    name = "scenarios"
    icon = "order"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = DraftIndexView
    form_fields: tuple[str, ...] = ()
    list_per_page = 50
    list_display = (
        TitleColumn("title", label=gettext_lazy("Title"), url_name="scenarios:inspect"),
        Column("key", label=gettext_lazy("Stable key")),
        Column("newest_number", label=gettext_lazy("Version")),
        DateColumn("released_at", label=gettext_lazy("Released")),
        DateColumn("stored_at", label=gettext_lazy("Stored")),
    )

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(
            **{"add_url_name": "scenarios:begin", "add_item_label": _("New scenario"), **kwargs}
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        from simulations.admin.urls import urlpatterns

        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            *urlpatterns,
        ]
