"""One regrade: what it changes, what the dry run found, who decides, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.admin.downloads import download
from assessments.admin.regrade_effects import effects_of
from assessments.admin.regrade_files import WRITERS
from assessments.admin.regrade_lines import (
    ALL,
    CHANGED,
    FILTERS,
    FLIPPED,
    filtered_lines,
    names_for,
    shown_lines,
    spread_of_lines,
    totals_of,
)
from assessments.admin.regrade_words import change_lines
from assessments.admin.regrades import RegradeView, check_reader, regrade_or_404, title_of
from assessments.models import RegradeStatus
from assessments.plain_forms import PlainForm
from assessments.regrading.advancing import progress_of
from assessments.regrading.deciding import approve_regrade, refuse_regrade, why_not_decide
from assessments.regrading.drafting import propose_regrade, try_regrade, withdraw_regrade
from core.errors import NotAllowed, Refusal
from people.accounts import current_person, names_of
from people.models import Person

PER_PAGE = 50
UNDER_WAY = (RegradeStatus.TRYING, RegradeStatus.RUNNING)
OPEN_TO_CHANGE = (RegradeStatus.DRAFT, RegradeStatus.TRIED)


class RefusalForm(PlainForm):
    """Why a regrade is refused."""

    note = forms.CharField(
        label=gettext_lazy("What stands in the way, for whoever proposed it"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


class RegradePage(RegradeView):
    """Everything about one regrade; while a worker is at it, the page asks how far."""

    template_name = "assessments/admin/regrade_page.html"
    page_title = gettext_lazy("Regrade")
    refusal_form: RefusalForm | None = None

    def get_template_names(self) -> list[str]:
        if self.request.htmx:  # type: ignore[attr-defined]
            return ["assessments/admin/regrade_progress.html"]
        return [self.template_name]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and self.regrade.status not in UNDER_WAY:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        home, section, last = self.crumbs()
        return [home, section, {**last, "label": title_of(self.regrade)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        regrade, under_way = self.regrade, self.regrade.status in UNDER_WAY
        context = super().get_context_data(under_way=under_way, **kwargs)
        if under_way:
            done, count = progress_of(regrade)
            context |= {"done": done, "count": count}
        if not self.request.htmx:  # type: ignore[attr-defined]
            context |= self._head(current_person(self.request))
            context |= self._found(current_person(self.request)) if not under_way else {}
        return context

    def _head(self, viewer: Person) -> dict[str, Any]:
        """What it is about, who is who, and what this reader may do now."""
        regrade, now = self.regrade, timezone.now()
        names = names_of({each for each in (regrade.proposed_by_id, regrade.decided_by_id) if each})
        own = regrade.proposed_by_id == viewer.pk
        proposed = regrade.status == RegradeStatus.PROPOSED
        why_not = why_not_decide(viewer, regrade, at=now) if proposed else ""
        return {
            "changes": change_lines(regrade),
            "corrects_key": any(change["kind"] == "key" for change in regrade.changes),
            "proposer": names.get(regrade.proposed_by_id, ""),
            "decider": names.get(regrade.decided_by_id, "") if regrade.decided_by_id else "",
            "own": own,
            "why_not": why_not,
            "may_decide": proposed and not why_not,
            "may_change": own and regrade.status in OPEN_TO_CHANGE,
            "refusal_form": self.refusal_form or RefusalForm(),
        }

    def _found(self, viewer: Person) -> dict[str, Any]:
        """What the dry run found, line by line."""
        regrade, now = self.regrade, timezone.now()
        totals = totals_of(regrade)
        if not totals.papers:
            return {"totals": totals}
        show = self.request.GET.get("show", "")
        if show not in FILTERS:
            show = FLIPPED if totals.flipped else CHANGED if totals.changed else ALL
        page = Paginator(filtered_lines(regrade, show), PER_PAGE)
        page.count = totals.of(show)  # known already
        lines = page.get_page(self.request.GET.get("page"))
        found = list(lines)
        return {
            "totals": totals,
            "show": show,
            "filters": [(code, title, totals.of(code)) for code, title in FILTERS.items()],
            "page": lines,
            "lines": list(shown_lines(found, names_for(viewer, found, at=now))),
            "spread": spread_of_lines(regrade),
            "effects": effects_of(regrade, viewer, at=now),
        }

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        steps: dict[str, Callable[[Person], str]] = {
            "try": self._try,
            "propose": self._propose,
            "approve": self._approve,
            "refuse": self._refuse,
            "withdraw": self._withdraw,
        }
        step = steps.get(request.POST.get("action", ""))
        if step is None:
            raise Http404
        try:
            said = step(current_person(request))
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("regrades:regrade", pk)
        if not said:
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(request, said)
        return redirect("regrades:regrade", pk)

    def _try(self, by: Person) -> str:
        try_regrade(regrade=self.regrade, by=by, now=timezone.now())
        return _("The dry run has begun. Nothing changes by it.")

    def _propose(self, by: Person) -> str:
        propose_regrade(regrade=self.regrade, by=by, now=timezone.now())
        return _("It waits for a second person now.")

    def _approve(self, by: Person) -> str:
        if self.request.POST.get("tried_on") != self.regrade.tried_on:
            raise Refusal(_("It was tried again since you opened this page. Look at it once more."))
        approve_regrade(regrade=self.regrade, by=by, now=timezone.now())
        return _("Approved. The results are being worked out again.")

    def _refuse(self, by: Person) -> str:
        form = RefusalForm(self.request.POST)
        if not form.is_valid():
            self.refusal_form = form
            return ""
        refuse_regrade(regrade=self.regrade, note=form.cleaned_data["note"], by=by, now=timezone.now())
        return _("Refused. Whoever proposed it reads why.")

    def _withdraw(self, by: Person) -> str:
        withdraw_regrade(regrade=self.regrade, by=by, now=timezone.now())
        return _("Withdrawn. Nothing has changed.")


def lines_file(request: HttpRequest, pk: UUID, format: str) -> FileResponse:
    """The papers as a table, as many as the filter leaves."""
    check_reader(request)
    regrade = regrade_or_404(pk)
    if format not in WRITERS:
        raise Http404
    show = request.GET.get("show", ALL)
    name = _("Regrade") + f" {regrade.exam_version.title} {timezone.localdate(regrade.proposed_at)}.{format}"
    viewer, now = current_person(request), timezone.now()
    return download(lambda target: WRITERS[format](regrade, show, target, viewer=viewer, at=now), name)
