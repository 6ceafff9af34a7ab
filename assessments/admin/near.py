"""近似题: questions that read alike, side by side."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext_lazy

from assessments.admin.authors import AuthorsView
from assessments.admin.crumbs import crumbs
from assessments.bank.neighbours import near_pairs
from assessments.items.similarity import shown_texts
from assessments.models import QuestionVersion

PER_PAGE = 25


class NearView(AuthorsView):
    """The pairs of the bank, the nearest first, with what candidates read of both."""

    template_name = "assessments/admin/near.html"
    header_icon = "copy"
    page_title = gettext_lazy("Near duplicates")

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return crumbs(reverse("bank:index"), str(self.page_title))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(near_pairs(), PER_PAGE).get_page(self.request.GET.get("p"))
        shown = _shown({key for pair in page for key in (pair.one, pair.other)})
        pairs = [(pair.percent, (shown[pair.one], shown[pair.other])) for pair in page]
        return super().get_context_data(pairs=pairs, page=page, **kwargs)


def _shown(keys: set[str]) -> dict[str, QuestionVersion]:
    """The newest versions of these questions by key, each with its `stem` and `options`. One query."""
    newest = QuestionVersion.objects.newest().without_key().select_related("question")
    found = {version.question.key: version for version in newest.filter(question__key__in=keys)}
    for version in found.values():
        version.stem, *version.options = shown_texts(version.body)
    return found
