"""The check of a draft: asked for here, followed while a worker is at it, read when it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal
from people.accounts import current_person, names_of
from simulations.admin.check_charts import scatters, total_bars, variable_bars
from simulations.admin.check_reading import Reading
from simulations.admin.pages import DraftPage
from simulations.checks.asking import UNDER_WAY, ask_check, newest_for
from simulations.checks.telling import stage_text
from simulations.models import CheckStatus, ScenarioCheck
from simulations.releasing import newest_hash
from simulations.scenarios import InvalidDocument, scenario_from


class CheckPage(DraftPage):
    """The check of what the draft says now; while a worker is at it, the page asks how far."""

    template_name = "simulations/admin/check.html"
    page_title = gettext_lazy("Check of the story")

    @cached_property
    def check(self) -> ScenarioCheck | None:
        return newest_for(self.draft.content_hash)

    @property
    def is_under_way(self) -> bool:
        return self.check is not None and self.check.status in UNDER_WAY

    def get_template_names(self) -> list[str]:
        if self.request.htmx:  # type: ignore[attr-defined]
            return ["simulations/admin/check_progress.html"]
        return [self.template_name]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not self.is_under_way:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        check = self.check
        context = super().get_context_data(check=check, under_way=self.is_under_way, **kwargs)
        if check is None or self.request.htmx:  # type: ignore[attr-defined]
            return context | {"stage": stage_text(check.stage) if check else ""}
        asker = names_of({check.asked_by_id}).get(check.asked_by_id, "") if check.asked_by_id else ""
        context |= {"stage": stage_text(check.stage), "asker": asker}
        return context | (self._found(check) if check.status == CheckStatus.DONE else {})

    def _found(self, check: ScenarioCheck) -> dict[str, Any]:
        """What the report says, section by section."""
        report: Any = check.report
        scenario = scenario_from(check.document)
        reading = Reading(report, scenario, self.draft.pk)
        return {
            "report": report,
            "states": f"{report.get('states', 0):,}",
            "may_release": not check.errors and newest_hash(self.draft.key) != self.draft.content_hash,
            "may_ask": not check.exact and check.budget is not None,
            "groups": reading.groups(),
            "nodes": reading.nodes(),
            "endings": reading.endings(),
            "totals": total_bars(report),
            "variables": variable_bars(report, scenario),
            "strategies": reading.strategies(),
            "signs": reading.signs(),
            "scatters": scatters(scenario),
            "lenses": reading.lenses(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("action") != "ask":
            raise Http404
        try:
            ask_check(draft=self.draft, by=current_person(request), now=timezone.now())
        except InvalidDocument:
            messages.error(request, _("What stands below is to be put right first; then it can be checked."))
            return redirect("scenarios:inspect", self.draft.pk)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("scenarios:inspect", self.draft.pk)
        messages.success(request, _("The check has begun. You may leave this page."))
        return redirect("scenarios:check", self.draft.pk)
