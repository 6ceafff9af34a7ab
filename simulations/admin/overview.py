"""The section 推演: the list of drafts, and each draft's workbench."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.views import generic

from core.errors import Refusal
from people.accounts import current_person
from simulations.admin.pages import DraftPage, check_author
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


class OverviewView(DraftPage):
    """What is in a draft, counted; its releases; the button that makes the next one."""

    template_name = "simulations/admin/inspect.html"
    page_title = gettext_lazy("Inspect")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.draft
        read, problems = _read(draft)
        versions = list(ScenarioVersion.objects.filter(key=draft.key).defer("document").order_by("-number"))
        return super().get_context_data(
            read=read,
            problems=problems,
            choices=sum(len(node.choices) for node in read.scenario.nodes.values()) if read else 0,
            versions=versions,
            is_released=bool(versions) and versions[0].content_hash == draft.content_hash,
            **kwargs,
        )


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a draft and come back to it."""
    check_author(request)
    draft = get_object_or_404(ScenarioDraft, pk=pk)
    try:
        version = release_scenario(draft=draft, by=current_person(request), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        released = _("%(title)s is released as version %(number)s.")
        messages.success(request, released % {"title": version.title, "number": version.number})
    return redirect("scenarios:inspect", pk)
