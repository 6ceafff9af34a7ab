"""The forms of a scenario: one per part. Whatever is typed is kept; what is wrong with it stands beside the field."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.errors import Refusal
from people.accounts import current_person
from simulations.admin.drawing import Pen, drawn
from simulations.admin.pages import DraftPage, seen_edition
from simulations.admin.posting import commanded, posted
from simulations.authoring.comparing import Difference, part_lines
from simulations.authoring.editing import Overtaken, save_part
from simulations.authoring.fields import Sheet
from simulations.authoring.filling import Values, read, shown
from simulations.authoring.offers import Offers, library_chains, library_cites, offers_of
from simulations.authoring.problems import Trouble, part_title, reading_of
from simulations.authoring.sheets import sheet_of
from simulations.engine.editing import TOP, Document, Part, ids_of, part_of
from simulations.engine.references import ways_to
from simulations.models import DraftEdition

SAVE, AND_BACK = "save", "back"


class PartPage(DraftPage):
    """One form. A button of its rows sends it too and gets it back with one row more, less, or moved."""

    template_name = "simulations/admin/part.html"
    page_title = gettext_lazy("Scenario")

    @cached_property
    def part(self) -> Part:
        if self.kwargs["part"] not in TOP:
            raise Http404
        return Part(self.kwargs["part"])

    @cached_property
    def document(self) -> Document:
        document: Document = json.loads(self.draft.document)
        return document

    @cached_property
    def offers(self) -> Offers:
        return offers_of(self.document, chains=library_chains() if self.part.kind == "head" else ())

    @cached_property
    def sheet(self) -> Sheet:
        return sheet_of(self.part, self.offers)

    @cached_property
    def value(self) -> dict[str, Any]:
        value = part_of(self.document, self.part)
        if value is None:
            raise Http404
        return value

    def get_page_title(self) -> str:
        return part_title(self.document, self.part)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        values = shown(self.sheet, self.value, self.offers.names)
        return self.form(values, troubles=self.troubles())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        value = self.value
        values = posted(self.sheet, request.POST, self.offers.names)
        command = request.POST.get("do", SAVE)
        if command not in (SAVE, AND_BACK):
            values, at = commanded(self.sheet, values, self.offers.names, command)
            return self.form({**shown(self.sheet, value, self.offers.names), **values}, at=at)
        try:
            draft = save_part(
                draft=self.draft,
                part=self.part,
                value=read(self.sheet, values, self.base(value), self.offers.names),
                expected=seen_edition(request),
                by=current_person(request),
                now=timezone.now(),
            )
        except Overtaken as overtaken:
            return self.overtaken(values, overtaken)
        except Refusal as refusal:
            return self.form(values, refusal=str(refusal), status=422)
        self.draft.document = draft.document
        return self.saved(command)

    def base(self, value: dict[str, Any]) -> dict[str, Any]:
        """The part in the version that the form was filled with."""
        expected = seen_edition(self.request)
        if expected == self.draft.edition:
            return value
        edition = DraftEdition.objects.filter(draft=self.draft, number=expected).first()
        return (part_of(json.loads(edition.document), self.part) if edition else None) or value

    def saved(self, command: str) -> HttpResponse:
        document = json.loads(self.draft.document)
        wrong = sum(trouble.part == self.part for trouble in reading_of(document).troubles)
        if wrong:
            told = ngettext(
                "Saved. %(count)s thing here is still to be put right.",
                "Saved. %(count)s things here are still to be put right.",
                wrong,
            ) % {"count": wrong}
            messages.warning(self.request, told)
        else:
            messages.success(self.request, _("Saved."))
        if command == AND_BACK:
            return redirect("scenarios:inspect", self.draft.pk)
        return redirect(self.request.path)

    def overtaken(self, values: Values, overtaken: Overtaken) -> HttpResponse:
        """Mine stays in the fields, theirs is told above them; saving again puts mine in its place."""
        theirs: tuple[Difference, ...] = ()
        if overtaken.theirs is not None:
            mine = read(self.sheet, values, self.base(self.value), self.offers.names)
            theirs = part_lines(self.part, mine, overtaken.theirs, self.offers, self.offers)
        return self.form(
            values, refusal=str(overtaken), theirs=theirs, expected=overtaken.edition, status=422
        )

    def check_url(self) -> str:
        return reverse("scenarios:condition", args=[self.draft.pk])

    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong with this part as it is stored."""
        return tuple(each for each in reading_of(self.document).troubles if each.part == self.part)

    def form(
        self, values: Values, *, troubles: tuple[Trouble, ...] = (), status: int = 200, **context: Any
    ) -> HttpResponse:
        errors = defaultdict(list)
        for trouble in troubles:
            errors[trouble.field].append(trouble.text)
        page = self.get_context_data(
            form=drawn(self.sheet, values, Pen(errors, self.offers.names, self.check_url())),
            troubles=troubles,
            **{"expected": self.draft.edition, **context},
        )
        response: HttpResponse = self.render_to_response(page, status=status)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(part=self.part, **kwargs)


class EndingPage(PartPage):
    """The form of one ending."""

    template_name = "simulations/admin/part.html"
    kind = "ending"

    @cached_property
    def part(self) -> Part:
        return Part(self.kind, self.kwargs[self.kind])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key, ids = self.part.key, ids_of(self.document, self.kind)
        at = ids.index(key) if key in ids else 0
        url = f"scenarios:{self.kind}"
        around = [(ids[at - 1] if at else ""), ids[at + 1] if at + 1 < len(ids) else ""]
        return super().get_context_data(
            place_url=reverse(f"{url}_place", args=[self.draft.pk, key]),
            around=[
                {
                    "url": reverse(url, args=[self.draft.pk, each]),
                    "title": part_title(self.document, Part(self.kind, each)),
                }
                if each
                else None
                for each in around
            ],
            ways=ways_to(self.document, key),
            count=len(ids),
            here=key,
            **kwargs,
        )


class NodePage(EndingPage):
    """The form of one situation."""

    template_name = "simulations/admin/node.html"
    kind = "node"

    @cached_property
    def offers(self) -> Offers:
        return offers_of(self.document, cites=library_cites())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stages = dict.fromkeys(str(node.get("stage", "")) for node in self.document.get("nodes", []))
        return super().get_context_data(stages=[stage for stage in stages if stage], **kwargs)
