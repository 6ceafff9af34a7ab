"""The pack of a draft: what is in it, what is missing, the downloads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from simulations.admin.pages import DraftPage, check_author
from simulations.models import ScenarioDraft
from simulations.packs.bundling import bundle
from simulations.packs.contents import Pack, read_pack
from simulations.packs.reading import as_pdf
from simulations.scenarios import InvalidDocument


class PackPage(DraftPage):
    """课程包: scenario, chain of rules, guide."""

    template_name = "simulations/admin/pack.html"
    page_title = gettext_lazy("Course pack")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pack, problems = _read(self.draft)
        return super().get_context_data(pack=pack, problems=problems, **kwargs)


@require_safe
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """The guide to the draft as it stands, or the problems in its way."""
    check_author(request)
    draft = get_object_or_404(ScenarioDraft, pk=pk)
    pack, _problems = _read(draft)
    return as_pdf(pack, name=draft.key) if pack else _unfinished(request, draft)


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole pack as one file."""
    check_author(request)
    draft = get_object_or_404(ScenarioDraft, pk=pk)
    pack, _problems = _read(draft)
    if pack is None:
        return _unfinished(request, draft)
    content = bundle(pack, document=draft.document, on=timezone.localdate())
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{draft.key}-pack.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _unfinished(request: HttpRequest, draft: ScenarioDraft) -> HttpResponse:
    return PackPage.as_view()(request, pk=draft.pk)


def _read(draft: ScenarioDraft) -> tuple[Pack | None, tuple[str, ...]]:
    try:
        return read_pack(draft.document), ()
    except InvalidDocument as invalid:
        return None, invalid.problems
