"""Regrades of runs in the editor's admin: the list, a new one, and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import NotAllowed, Refusal
from people.accounts import current_person, names_of
from people.models import Person, Role
from people.roles import has_role
from simulations.admin.pages import RehearsalsView
from simulations.admin.regrade_lines import (
    ALL,
    CHANGED,
    FILTERS,
    FLIPPED,
    filtered_lines,
    shown_lines,
    totals_of,
)
from simulations.models import RunRegrade, RunRegradeStatus, RunStatus, ScenarioVersion
from simulations.regrading.advancing import UNDER_WAY, progress_of
from simulations.regrading.deciding import approve_regrade, refuse_regrade, why_not_decide
from simulations.regrading.drafting import draft_regrade, propose_regrade, try_regrade, withdraw_regrade
from simulations.regrading.effects import effects_of

PER_PAGE = 50


def versions_to_correct() -> QuerySet[ScenarioVersion]:
    """Versions that people played to an end and that have a later one, each with `run_count`. One query."""
    finished = Count("playthroughs", filter=Q(playthroughs__status=RunStatus.FINISHED))
    later = ScenarioVersion.objects.filter(key=OuterRef("key"), number__gt=OuterRef("number"))
    found = ScenarioVersion.objects.defer("document").annotate(run_count=finished)
    return found.filter(Exists(later), run_count__gt=0).order_by("title", "-number")


class RegradesPage(RehearsalsView):
    """Every regrade, the newest first, and the versions one can begin with."""

    template_name = "simulations/admin/regrades.html"
    page_title = gettext_lazy("Judging old runs again")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        flips = Count("lines", filter=Q(lines__flips=True))
        regrades = RunRegrade.objects.select_related("played", "corrected")
        regrades = regrades.defer("played__document", "corrected__document")
        counted = regrades.annotate(line_count=Count("lines"), flip_count=flips)
        page = Paginator(counted.order_by("-proposed_at", "pk"), PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        return super().get_context_data(regrades=page, versions=versions_to_correct(), **kwargs)


class BeginForm(forms.Form):
    """By which later version, and why."""

    corrected = forms.ModelChoiceField(
        ScenarioVersion.objects.none(), label=gettext_lazy("Corrected version")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, told to the players"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, data: Any = None, *, played: ScenarioVersion) -> None:
        super().__init__(data)
        later = ScenarioVersion.objects.filter(key=played.key, number__gt=played.number).defer("document")
        field: Any = self.fields["corrected"]
        field.queryset = later.order_by("-number")
        field.initial = later.order_by("-number").first()
        field.empty_label = None
        field.label_from_instance = lambda version: (
            _("version %(number)s of %(day)s")
            % {
                "number": version.number,
                "day": timezone.localdate(version.released_at).isoformat(),
            }
        )


class BeginPage(RehearsalsView):
    """A new regrade of the runs of one version; posted, its dry run begins. For authors."""

    template_name = "simulations/admin/regrade_begin.html"
    page_title = gettext_lazy("Judge old runs again")

    @cached_property
    def played(self) -> ScenarioVersion:
        return get_object_or_404(versions_to_correct(), pk=self.kwargs["version"])

    def get_page_subtitle(self) -> str:
        return version_title(self.played)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((_("Judging old runs again"), reverse("scenarios:regrades")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or BeginForm(played=self.played)
        may = has_role(current_person(self.request), Role.AUTHOR, on=timezone.localdate())
        return super().get_context_data(played=self.played, form=form, may_draft=may, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form, by, now = BeginForm(request.POST, played=self.played), current_person(request), timezone.now()
        if form.is_valid():
            said = form.cleaned_data
            try:
                regrade = draft_regrade(
                    played=self.played, corrected=said["corrected"], reason=said["reason"], by=by, now=now
                )
                try_regrade(regrade=regrade, by=by, now=now)
            except NotAllowed as refusal:
                raise PermissionDenied(str(refusal)) from refusal
            except Refusal as refusal:
                form.add_error("reason" if refusal.code == "reason" else None, str(refusal))
            else:
                return redirect("scenarios:regrade", regrade.pk)
        return self.refused(form=form)


class RegradePage(RehearsalsView):
    """Everything about one regrade; while a worker is at it, the page asks how far."""

    template_name = "simulations/admin/regrade.html"
    page_title = gettext_lazy("Regrade of runs")
    note_error = ""

    @cached_property
    def regrade(self) -> RunRegrade:
        found = RunRegrade.objects.select_related("played", "corrected")
        return get_object_or_404(
            found.defer("played__document", "corrected__document"), pk=self.kwargs["regrade"]
        )

    def get_template_names(self) -> list[str]:
        if self.request.htmx:  # type: ignore[attr-defined]
            return ["simulations/admin/regrade_progress.html"]
        return [self.template_name]

    def get_page_subtitle(self) -> str:
        return version_title(self.regrade.played)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((_("Judging old runs again"), reverse("scenarios:regrades")))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and self.regrade.status not in UNDER_WAY:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        regrade, under_way = self.regrade, self.regrade.status in UNDER_WAY
        context = super().get_context_data(**{**kwargs, "regrade": regrade, "under_way": under_way})
        if under_way:
            done, count = progress_of(regrade)
            context |= {"done": done, "count": count}
        if not self.request.htmx:  # type: ignore[attr-defined]
            viewer = current_person(self.request)
            context |= self._head(viewer) | ({} if under_way else self._found(viewer))
        return context

    def _head(self, viewer: Person) -> dict[str, Any]:
        """Who is who, and what this reader may do now."""
        regrade, now = self.regrade, timezone.now()
        names = names_of({each for each in (regrade.proposed_by_id, regrade.decided_by_id) if each})
        proposed = regrade.status == RunRegradeStatus.PROPOSED
        why_not = why_not_decide(viewer, regrade, at=now) if proposed else ""
        return {
            "proposer": names.get(regrade.proposed_by_id, ""),
            "decider": names.get(regrade.decided_by_id, "") if regrade.decided_by_id else "",
            "own": regrade.proposed_by_id == viewer.pk,
            "why_not": why_not,
            "may_decide": proposed and not why_not,
            "note_error": self.note_error,
            "note": self.request.POST.get("note", ""),
        }

    def _found(self, viewer: Person) -> dict[str, Any]:
        """What the dry run found, line by line."""
        regrade, now = self.regrade, timezone.now()
        totals = totals_of(regrade)
        if not totals.runs:
            return {"totals": totals}
        show = self.request.GET.get("show", "")
        if show not in FILTERS:
            show = next((each for each in (FLIPPED, CHANGED) if totals.of(each)), ALL)
        page = Paginator(filtered_lines(regrade, show), PER_PAGE).get_page(self.request.GET.get("page"))
        return {
            "totals": totals,
            "show": show,
            "filters": [(code, title, totals.of(code)) for code, title in FILTERS.items()],
            "page": page,
            "lines": list(shown_lines(list(page), viewer, at=now)),
            "effects": effects_of(regrade, viewer, at=now),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
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
            if refusal.code == "note":
                self.note_error = str(refusal)
                return self.refused()
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
        return redirect("scenarios:regrade", self.regrade.pk)

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
        return _("Approved. The runs are being judged again.")

    def _refuse(self, by: Person) -> str:
        note = self.request.POST.get("note", "")
        refuse_regrade(regrade=self.regrade, note=note, by=by, now=timezone.now())
        return _("Refused. Whoever proposed it reads why.")

    def _withdraw(self, by: Person) -> str:
        withdraw_regrade(regrade=self.regrade, by=by, now=timezone.now())
        return _("Withdrawn. Nothing has changed.")


def version_title(version: ScenarioVersion) -> str:
    """老楼新梯（第 2 版）."""
    return _("%(title)s (version %(number)s)") % {"title": version.title, "number": version.number}
