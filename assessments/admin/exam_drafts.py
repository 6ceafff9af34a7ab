"""考试草稿 in the editor's admin: the list, what a draft says, what stands in the way of its release."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from assessments.admin.exam_facts import facts_of
from assessments.admin.exam_pages import BeginView, ProofView, SectionsView, SettingsView, check_author
from assessments.exams.draft_readings import read_draft
from assessments.exams.drafts import release_draft
from assessments.models import ExamDraft
from assessments.permissions import can_read_keys
from core.errors import Refusal
from people.accounts import current_person


class DraftIndexView(generic.IndexView):
    """Every draft, those not released yet first."""

    page_title = gettext_lazy("Exam drafts")
    results_template_name = "assessments/admin/exam_draft_results.html"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(*args, may_write=can_read_keys(self.request.user), **kwargs)

    def get_base_queryset(self) -> QuerySet[ExamDraft]:
        return ExamDraft.objects.defer("definition").order_by("released_number", "title", "key")

    def order_queryset(self, queryset: QuerySet[ExamDraft]) -> QuerySet[ExamDraft]:
        """As the base queryset has it."""
        return queryset


class DraftInspectView(generic.InspectView):
    """What a draft says, what stands in the way, and the button that releases it."""

    template_name = "assessments/admin/exam_draft.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            draft=self.object,
            reading=read_draft(self.object),
            facts=facts_of(self.object.definition),
            may_release=can_read_keys(self.request.user),
            **kwargs,
        )


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a draft and come back to it."""
    check_author(request)
    draft = get_object_or_404(ExamDraft, pk=pk)
    try:
        version = release_draft(draft=draft, by=current_person(request), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        released = _("The exam “%(title)s” is released as version %(number)s.")
        messages.success(request, released % {"title": version.title, "number": version.number})
    return redirect("exam_drafts:inspect", pk)


def _state(draft: ExamDraft) -> str:
    if draft.released_number is None:
        return _("Not released")
    return _("Released as version %(number)s") % {"number": draft.released_number}


class ExamDraftViewSet(ModelViewSet):
    """Looking for whoever may; beginning, setting and releasing for authors. Drafts also come in with an import."""

    model = ExamDraft
    name = "exam_drafts"
    icon = "doc-full"
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = DraftIndexView
    inspect_view_class = DraftInspectView
    inspect_template_name = DraftInspectView.template_name
    form_fields = ("title",)
    list_per_page = 50
    list_display = (
        TitleColumn("title", label=gettext_lazy("title"), url_name="exam_drafts:inspect"),
        Column("key", label=gettext_lazy("Stable key")),
        Column("state", label=gettext_lazy("State"), accessor=_state),
        Column("source", label=gettext_lazy("Where it comes from")),
        DateColumn("stored_at", label=gettext_lazy("Stored")),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("begin/", BeginView.as_view(), name="begin"),
            path("sections/<int:pk>/", SectionsView.as_view(), name="sections"),
            path("proof/<int:pk>/", ProofView.as_view(), name="proof"),
            path("settings/<int:pk>/", SettingsView.as_view(), name="settings"),
            path("release/<int:pk>/", release, name="release"),
        ]
