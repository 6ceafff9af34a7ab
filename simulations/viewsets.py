"""The section 推演 of the editor's admin: drafts, what became of them, and their release."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
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
from wagtail.permissions import policy_registry

from core.errors import Refusal
from people.accounts import current_person
from simulations.models import ScenarioDraft, ScenarioVersion
from simulations.releasing import release_scenario
from simulations.scenarios import Draft, InvalidDocument, read_document, read_text


def _read(draft: ScenarioDraft) -> tuple[Draft | None, tuple[str, ...]]:
    """The draft as a release would read it, or the problems that stand in the way."""
    try:
        return read_document(read_text(draft.document)), ()
    except InvalidDocument as invalid:
        return None, invalid.problems


class DraftIndexView(generic.IndexView):
    """Every draft beside its newest release."""

    page_title = gettext_lazy("Rehearsals")

    def get_base_queryset(self) -> QuerySet[ScenarioDraft]:
        return ScenarioDraft.objects.with_releases().defer("document").order_by("key")


class DraftInspectView(generic.InspectView):
    """What is in a draft, counted; its releases; the button that makes the next one."""

    template_name = "simulations/admin/inspect.html"

    def get_object(self, queryset: Any = None) -> ScenarioDraft:
        return get_object_or_404(ScenarioDraft.objects.with_releases(), pk=self.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.object
        read, problems = _read(draft)
        versions = ScenarioVersion.objects.filter(key=draft.key).defer("document").order_by("-number")
        return super().get_context_data(
            draft=draft,
            read=read,
            problems=problems,
            choices=sum(len(node.choices) for node in read.scenario.nodes.values()) if read else 0,
            versions=versions,
            is_released=draft.newest_hash == draft.content_hash,
            **kwargs,
        )


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a draft and come back to it."""
    if not policy_registry.get_by_type(ScenarioDraft).user_has_permission(request.user, "view"):
        raise PermissionDenied
    draft = get_object_or_404(ScenarioDraft, pk=pk)
    try:
        version = release_scenario(draft=draft, by=current_person(request), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        released = _("%(title)s is released as version %(number)s.")
        messages.success(request, released % {"title": version.title, "number": version.number})
    return redirect("scenarios:inspect", pk)


class ScenarioDraftViewSet(ModelViewSet):
    """Looking and releasing; documents come in by `import_scenario`."""

    model = ScenarioDraft
    name = "scenarios"
    icon = "order"
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = DraftIndexView
    inspect_view_class = DraftInspectView
    inspect_template_name = DraftInspectView.template_name
    form_fields = ("title",)
    list_display = (
        TitleColumn("title", label=gettext_lazy("Title"), url_name="scenarios:inspect"),
        Column("key", label=gettext_lazy("Stable key")),
        Column("newest_number", label=gettext_lazy("Version")),
        DateColumn("released_at", label=gettext_lazy("Released")),
        DateColumn("stored_at", label=gettext_lazy("Stored")),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("release/<int:pk>/", release, name="release")]
