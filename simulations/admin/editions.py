"""The saved versions of a draft: who, when, what; any two side by side; bringing one back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.errors import Refusal
from people.accounts import current_person
from simulations.admin.pages import DraftPage, seen_edition
from simulations.authoring.comparing import Difference, PartDifference, differences
from simulations.authoring.editing import restore_edition
from simulations.authoring.problems import part_title
from simulations.engine.editing import Document, Part
from simulations.models import DraftEdition, ScenarioVersion

AT_ONCE = 25
MOST_COMPARED = 3
"""A version that changed more parts than this is told by their names alone."""
NAMED = 3
"""So many fields are named, the others counted."""


@dataclass(frozen=True)
class Line:
    """A saved version in the list; `said` is what was changed, in words; `releases` the versions with its content."""

    edition: DraftEdition
    who: str
    said: str
    releases: str


class EditionsPage(DraftPage):
    """The list, and two of them compared: the newest with the one before where nobody chose."""

    template_name = "simulations/admin/editions.html"
    page_title = gettext_lazy("Saved versions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = list(self.editions()[: AT_ONCE + 1])
        document = json.loads(self.draft.document)
        texts = self.texts(found)
        releases = self.releases()
        lines = [
            self.line(document, edition, texts, releases.get(edition.content_hash, []))
            for edition in found[:AT_ONCE]
        ]
        old, new = self.chosen("old"), self.chosen("new")
        compared: tuple[PartDifference, ...] | None = None
        if old and new:
            compared = differences(self.said(old), self.said(new))
        return super().get_context_data(
            lines=lines,
            older=found[AT_ONCE].number if len(found) > AT_ONCE else None,
            old=old or max(self.draft.edition - 1, 1),
            new=new or self.draft.edition,
            numbers=range(self.draft.edition, 0, -1),
            compared=compared,
            **kwargs,
        )

    def editions(self) -> QuerySet[DraftEdition]:
        """Newest first; those up to `?before=` where the list goes on."""
        found = (
            DraftEdition.objects.filter(draft=self.draft)
            .defer("document")
            .select_related("stored_by__account")
        )
        upto = self.chosen("before")
        return (found.filter(number__lte=upto) if upto else found).order_by("-number")

    def texts(self, found: list[DraftEdition]) -> dict[int, str]:
        """The texts that are compared for the list, by number: of those with few changes and of those before them."""
        wanted = {n for each in found[:AT_ONCE] if _compares(each) for n in (each.number, each.number - 1)}
        rows = DraftEdition.objects.filter(draft=self.draft, number__in=wanted)
        return dict(rows.values_list("number", "document"))

    def releases(self) -> dict[str, list[int]]:
        """The numbers of the releases by their content."""
        found: dict[str, list[int]] = {}
        rows = ScenarioVersion.objects.filter(key=self.draft.key).order_by("number")
        for content, number in rows.values_list("content_hash", "number"):
            found.setdefault(content, []).append(number)
        return found

    def line(
        self, document: Document, edition: DraftEdition, texts: dict[int, str], releases: list[int]
    ) -> Line:
        account = getattr(edition.stored_by, "account", None)
        who = account.get_full_name() if account else _("the system")
        old, new = texts.get(edition.number - 1), texts.get(edition.number)
        told = _fields(json.loads(old), json.loads(new)) if _compares(edition) and old and new else ""
        numbers = "、".join(str(number) for number in releases)
        return Line(edition, who, told or _said(document, edition), numbers)

    def chosen(self, name: str) -> int:
        """The number of a version in the address; 0 for none."""
        text = self.request.GET.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0

    def said(self, number: int) -> Document:
        edition = get_object_or_404(DraftEdition, draft=self.draft, number=number)
        document: Document = json.loads(edition.document)
        return document


class RestorePage(DraftPage):
    """Brings a saved version back, as a new one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        try:
            draft = restore_edition(
                draft=self.draft,
                number=number,
                expected=seen_edition(request),
                by=current_person(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            told = _("Version %(number)s is back, as version %(edition)s. Nothing is lost.")
            messages.success(request, told % {"number": number, "edition": draft.edition})
        return redirect("scenarios:editions", pk)


def _compares(edition: DraftEdition) -> bool:
    """Whether its fields are named in the list: few changes of parts, not the beginning, nothing brought back."""
    begun = any(each.get("what") == "begun" for each in edition.changed)
    return not edition.restored and not begun and len(edition.changed) <= MOST_COMPARED


def _fields(old: Document, new: Document) -> str:
    """What differs by its fields: N04 试两周：标题、情况 等 5 处. A part without fields by its name."""
    parts = differences(old, new)
    places = [(part.title, line.place) for part in parts for line in (part.lines or (Difference(""),))]
    told = [
        _(": ").join(filter(None, (title, "、".join(place for _title, place in group if place))))
        for title, group in groupby(places[:NAMED], key=lambda each: each[0])
    ]
    more = _(" and so on, %(count)s in all") % {"count": len(places)} if len(places) > NAMED else ""
    return "；".join(told) + more


def _said(document: Document, edition: DraftEdition) -> str:
    """What a saved version changed: 节点 N03、变量."""
    if edition.restored:
        return _("Version %(number)s brought back") % {"number": edition.restored}
    parts = [Part(str(each.get("what")), str(each.get("where", ""))) for each in edition.changed]
    if any(part.kind == "begun" for part in parts):
        return pgettext("scenario", "Begun")
    named = [part_title(document, part) for part in parts[:6]]
    more = _(" and %(count)s more") % {"count": len(parts) - 6} if len(parts) > 6 else ""
    return "、".join(named) + more
