"""考试草稿 in the editor's admin: what a draft says, what stands in the way of its release, its settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from assessments.admin.exam_settings import SettingsForm
from assessments.exam_drafts import change_exam_draft, read_draft, release_draft
from assessments.models import ExamDraft
from assessments.permissions import can_read_keys
from core.errors import Refusal
from people.accounts import current_person


class DraftIndexView(generic.IndexView):
    """Every draft, those not released yet first."""

    page_title = gettext_lazy("Exam drafts")

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
            may_release=can_read_keys(self.request.user),
            **kwargs,
        )


class SettingsView(WagtailAdminTemplateMixin, TemplateView):
    """The settings of one draft, for authors."""

    template_name = "assessments/admin/exam_draft_settings.html"
    page_title = gettext_lazy("Change settings")
    header_icon = "cog"
    draft: ExamDraft

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        _check_author(request)
        self.draft = get_object_or_404(ExamDraft, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.draft.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The list, the draft, its settings."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("exam_drafts:index"), "label": _("Exam drafts")},
            {"url": reverse("exam_drafts:inspect", args=[self.draft.pk]), "label": self.draft.title},
            {"label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SettingsForm(initial={"shuffle": True, **self.draft.definition})
        return super().get_context_data(**{"form": form, "draft": self.draft, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SettingsForm(request.POST)
        if form.is_valid():
            try:
                change_exam_draft(
                    draft=self.draft, changes=form.changes(), by=current_person(request), now=timezone.now()
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The settings are stored."))
                return redirect("exam_drafts:inspect", pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _check_author(request: HttpRequest) -> None:
    may_look = policy_registry.get_by_type(ExamDraft).user_has_permission(request.user, "view")
    if not (may_look and can_read_keys(request.user)):
        raise PermissionDenied


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a draft and come back to it."""
    _check_author(request)
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
    """Looking, setting and releasing; drafts come in with an import."""

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
            path("settings/<int:pk>/", SettingsView.as_view(), name="settings"),
            path("release/<int:pk>/", release, name="release"),
        ]
