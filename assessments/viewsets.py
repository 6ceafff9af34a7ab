"""The section 题库 of the editor's admin: what is in the bank, and for authors the key of each question."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from assessments.items import item_type
from assessments.models import Question, QuestionVersion
from assessments.permissions import can_read_keys
from assessments.presenting import present_item, stored_order
from assessments.reports import key_lines_of


def _type_title(question: Any) -> str:
    return gettext(item_type(question.type).title)


class BankIndexView(generic.IndexView):
    """Every question with its type, module and number of versions."""

    def get_base_queryset(self) -> QuerySet[Question]:
        return Question.objects.with_newest().order_by("key")


class BankInspectView(generic.InspectView):
    """The newest version as candidates see it; the key beside it for authors, and for nobody else."""

    template_name = "assessments/admin/inspect.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shows_key = can_read_keys(self.request.user)
        versions = self.object.versions.order_by("-number")
        newest: QuestionVersion = (versions if shows_key else versions.without_key())[0]
        return super().get_context_data(
            newest=newest,
            item=present_item(newest, order=stored_order(newest), disabled=True),
            key=key_lines_of(newest, order=stored_order(newest)) if shows_key else None,
            versions=versions.only("number", "content_hash", "stored_at", "question"),
            **kwargs,
        )


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
    list_display = (
        TitleColumn("key", label=gettext_lazy("Stable key"), url_name="bank:inspect"),
        Column("type", label=gettext_lazy("Question type"), accessor=_type_title),
        Column("module", label=gettext_lazy("Module")),
        Column("newest_number", label=gettext_lazy("Number of versions")),
    )
