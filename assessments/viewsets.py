"""The section 题库 of the editor's admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path
from wagtail.admin.viewsets.model import ModelViewSet

from assessments.admin.editing import NewQuestionView, NextVersionView
from assessments.admin.inspecting import BankInspectView
from assessments.admin.listing import COLUMNS, BankFilterSet, BankIndexView
from assessments.admin.versions import VersionsView
from assessments.models import Question


class BankViewSet(ModelViewSet):
    """Looking for whoever may, writing for authors; nothing goes through Wagtail's own forms."""

    model = Question
    name = "bank"
    icon = "help"
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = BankIndexView
    inspect_view_class = BankInspectView
    inspect_template_name = BankInspectView.template_name
    form_fields = ("key",)
    filterset_class = BankFilterSet
    search_fields = ("key",)
    search_backend_name = None
    list_per_page = 50
    list_display = COLUMNS

    @property
    def add_view(self) -> Callable[..., Any]:
        return NewQuestionView.as_view()

    @property
    def edit_view(self) -> Callable[..., Any]:
        return NextVersionView.as_view()

    def get_urlpatterns(self) -> list[URLPattern]:
        versions = path("<int:pk>/versions/", VersionsView.as_view(), name="versions")
        return [*super().get_urlpatterns(), versions]
