"""The section 推演: the list of drafts, and each draft's workbench."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from competencies import framework
from simulations.admin.pages import DraftPage
from simulations.authoring.problems import Reading, Trouble, part_title, reading_of
from simulations.authoring.sheets import TITLES
from simulations.engine.editing import TOP, Document, Part, as_rows, items_of, part_of
from simulations.models import ScenarioDraft, ScenarioVersion


class DraftIndexView(generic.IndexView):
    """Every draft beside its newest release."""

    page_title = gettext_lazy("Rehearsals")

    def get_base_queryset(self) -> QuerySet[ScenarioDraft]:
        return ScenarioDraft.objects.with_releases().defer("document").order_by("key")

    @cached_property
    def header_buttons(self) -> list[Any]:
        """Beside Wagtail's: the way to old runs that a corrected version judges again."""
        url, label = reverse("scenarios:regrades"), _("Judging old runs again")
        return [*super().header_buttons, HeaderButton(label, url=url, icon_name="rotate", priority=30)]


@dataclass(frozen=True)
class Line:
    """A situation or ending in the list: `wrong` counts what is to be put right there."""

    key: str
    title: str
    url: str
    place_url: str
    choices: int
    wrong: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Found:
    """One problem: where it is put right, and what is wrong."""

    url: str
    place: str
    text: str


class OverviewView(DraftPage):
    """The workbench of a draft: what is wrong with it, its parts, its releases."""

    template_name = "simulations/admin/overview.html"
    page_title = gettext_lazy("Scenario")

    @cached_property
    def document(self) -> Document:
        document: Document = json.loads(self.draft.document)
        return document

    @cached_property
    def reading(self) -> Reading:
        return reading_of(self.document)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.crumbs()[:-1], {"label": self.draft.title}]

    def get_page_title(self) -> str:
        return self.draft.title

    def get_page_subtitle(self) -> str:
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.draft
        versions = list(ScenarioVersion.objects.filter(key=draft.key).defer("document").order_by("-number"))
        wrong = Counter(trouble.part for trouble in self.reading.troubles)
        nodes = self.lines("node", wrong)
        return super().get_context_data(
            read=self.reading.read,
            found=[self.found(trouble) for trouble in self.reading.troubles],
            stages=self.by_stage(nodes),
            endings=self.lines("ending", wrong),
            parts=[self.top(kind, wrong) for kind in TOP],
            choices=sum(line.choices for line in nodes),
            nodes=nodes,
            versions=versions,
            view=framework.view(self.reading.read.view_ref) if self.reading.read else None,
            is_released=bool(versions) and versions[0].content_hash == draft.content_hash,
            **kwargs,
        )

    def lines(self, kind: str, wrong: Counter[Part]) -> list[Line]:
        pk, items = self.draft.pk, items_of(self.document, kind)
        return [
            Line(
                key=str(item.get("id", "")),
                title=str(item.get("title") or ""),
                url=reverse(f"scenarios:{kind}", args=[pk, item["id"]]),
                place_url=reverse(f"scenarios:{kind}_place", args=[pk, item["id"]]),
                choices=len(as_rows(item.get("choices"))),
                wrong=wrong[Part(kind, item["id"])],
                is_first=at == 0,
                is_last=at == len(items) - 1,
            )
            for at, item in enumerate(items)
            if isinstance(item.get("id"), str) and item["id"] and "/" not in item["id"]
        ]

    def by_stage(self, nodes: list[Line]) -> list[tuple[str, list[Line]]]:
        """The situations in order, one group as long as the stage stays the same."""
        stages = {
            str(item.get("id")): str(item.get("stage") or "") for item in items_of(self.document, "node")
        }
        return [(stage, list(group)) for stage, group in groupby(nodes, key=lambda line: stages[line.key])]

    def top(self, kind: str, wrong: Counter[Part]) -> dict[str, Any]:
        """A part at the top: its name, how many rows it has, what is wrong there."""
        value = part_of(self.document, Part(kind)) or {}
        held = value.get(kind)
        names = [row.get("name") if isinstance(row, dict) else row for row in _rows(held)]
        return {
            "title": TITLES[kind],
            "url": reverse("scenarios:part", args=[self.draft.pk, kind]),
            "count": len(names) if kind not in ("head", "guide") else None,
            "names": "、".join(str(name) for name in names if isinstance(name, str) and name),
            "wrong": wrong[Part(kind)],
        }

    def found(self, trouble: Trouble) -> Found:
        part = trouble.part
        place = " › ".join(filter(None, (part_title(self.document, part), trouble.place)))
        return Found(
            f"{self.part_url(part)}{f'#f-{trouble.field}' if trouble.field else ''}", place, trouble.text
        )

    def part_url(self, part: Part) -> str:
        if part.kind in TOP:
            return reverse("scenarios:part", args=[self.draft.pk, part.kind])
        if part.key and "/" not in part.key:
            return reverse(f"scenarios:{part.kind}", args=[self.draft.pk, part.key])
        return f"#{part.kind}s"


def _rows(held: Any) -> list[Any]:
    """The rows of a part, whether it keeps them in a list or by key."""
    return list(held.values()) if isinstance(held, dict) else as_rows(held)
