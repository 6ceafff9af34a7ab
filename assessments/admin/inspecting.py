"""One question of the bank: as candidates see it, and for authors its key."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views import generic

from assessments.models import QuestionVersion
from assessments.permissions import can_read_keys
from assessments.presenting import present_item, stored_order
from assessments.reports import key_lines_of
from competencies.framework import leaf_titles


class BankInspectView(generic.InspectView):
    """The newest version as candidates see it; the key beside it for authors, and for nobody else."""

    template_name = "assessments/admin/inspect.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shows_key, titles = can_read_keys(self.request.user), leaf_titles()
        versions = self.object.versions.order_by("-number")
        newest: QuestionVersion = (versions if shows_key else versions.without_key())[0]
        return super().get_context_data(
            newest=newest,
            leaves=[titles.get(leaf, leaf) for leaf in newest.leaves],
            item=present_item(newest, order=stored_order(newest), disabled=True),
            key=key_lines_of(newest, order=stored_order(newest)) if shows_key else None,
            versions=versions.only("number", "content_hash", "stored_at", "question"),
            **kwargs,
        )
