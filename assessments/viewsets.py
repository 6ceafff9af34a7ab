"""The section 题库 of the editor's admin."""

from __future__ import annotations

from wagtail.admin.viewsets.model import ModelViewSet

from assessments.admin.inspecting import BankInspectView
from assessments.admin.listing import COLUMNS, BankFilterSet, BankIndexView
from assessments.models import Question


class BankViewSet(ModelViewSet):
    """Looking only."""

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
