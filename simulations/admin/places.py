"""What is done to a situation or an ending as a whole: add, copy, move, rename, remove. Buttons only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refusal
from people.accounts import current_person
from simulations.admin.pages import DraftPage, seen_edition
from simulations.authoring.editing import change_draft
from simulations.authoring.starting import new_ending, new_node
from simulations.engine.editing import (
    Document,
    NameTaken,
    Part,
    added,
    added_behind,
    copied,
    free_name,
    is_plain,
    moved,
)
from simulations.engine.references import removed, renamed, ways_to

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}\Z")


class ChangingPage(DraftPage):
    """Does one thing to the draft and goes on to where it can be seen."""

    http_method_names = ["post"]

    def keep(self, change: Any, said: str) -> bool:
        """Do that and say so, or say why not."""
        try:
            change_draft(
                draft=self.draft,
                change=change,
                expected=seen_edition(self.request),
                by=current_person(self.request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
            return False
        messages.success(self.request, said)
        return True

    def back(self) -> HttpResponse:
        return redirect("scenarios:inspect", self.draft.pk)


class AddPage(ChangingPage):
    """A new situation or ending, empty, behind the one named `after`; then its form."""

    kind = "node"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        blank = new_node if self.kind == "node" else new_ending
        name = free_name(json.loads(self.draft.document), self.kind)
        after = request.POST.get("after", "")
        said = _("Added. It is still empty, and no way leads to it yet.")
        add: Callable[[Document], Document] = partial(added, kind=self.kind, item=blank(name), after=after)
        if self.kind == "node" and is_plain(json.loads(self.draft.document), after):
            said = _(
                "Added on the way: %(before)s leads here, and from here on where it led before. Still empty."
            )
            said = said % {"before": after}
            add = partial(added_behind, node=blank(name), after=after)
        if self.keep(add, said):
            return redirect(f"scenarios:{self.kind}", pk, name)
        return self.back()


class PlacePage(ChangingPage):
    """What is done to one that is there."""

    kind = "node"

    @property
    def part(self) -> Part:
        return Part(self.kind, self.kwargs[self.kind])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        deeds = {
            "up": (lambda document: moved(document, self.part, -1), _("Moved.")),
            "down": (lambda document: moved(document, self.part, 1), _("Moved.")),
            "copy": (self.copy, _("Copied.")),
            "rename": (self.rename, _("Renamed, and everything that leads there with it.")),
            "remove": (self.remove, _("Removed.")),
        }
        deed = deeds.get(request.POST.get("do", ""))
        if deed is not None:
            self.keep(*deed)
        return self.back()

    def copy(self, document: Document) -> Document:
        return copied(document, self.part, free_name(document, self.kind))

    def rename(self, document: Document) -> Document:
        name = self.request.POST.get("name", "").strip()
        if not _NAME.match(name):
            raise Refusal(_("A number begins with a Latin letter and has letters, digits and _ only: N07B."))
        try:
            return renamed(document, self.part, name)
        except NameTaken:
            raise Refusal(_("%(name)s is taken. Choose another number.") % {"name": name}) from None

    def remove(self, document: Document) -> Document:
        with_ways = self.request.POST.get("ways") == "1"
        ways = ways_to(document, self.part.key)
        if ways and not with_ways:
            named = "、".join(f"{way.node} {way.choice}".strip() for way in ways)
            raise Refusal(_("Ways lead there: %(ways)s. Take them away first, or with it.") % {"ways": named})
        return removed(document, self.part, with_ways=with_ways)
