"""Before a draft is released: what it changes for learners and what vouches for it; then the release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal
from people.accounts import current_person
from simulations.admin.pages import DraftPage, seen_edition
from simulations.checks.reports import newest_check
from simulations.checks.telling import finding_text
from simulations.models import ScenarioCheck, ScenarioDraft, ScenarioPage, ScenarioVersion
from simulations.releasing import release_scenario
from simulations.scenarios import Draft, InvalidDocument, read_document, read_text, scenario_from


@dataclass(frozen=True)
class Asked:
    """What is told before a release. `standing` is the newest release, `check` what vouches for the content."""

    read: Draft
    standing: ScenarioVersion | None
    check: ScenarioCheck | None
    warnings: tuple[str, ...]
    errors: tuple[str, ...]
    page: ScenarioPage | None

    @property
    def number(self) -> int:
        """The version it would become."""
        return self.standing.number + 1 if self.standing else 1


class ReleasePage(DraftPage):
    """Asks once more; the post releases and goes back to the draft. Pressed twice it releases once."""

    template_name = "simulations/admin/release.html"
    page_title = gettext_lazy("Release this draft")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            asked = _asked(self.draft)
        except InvalidDocument:
            return self.back(_("What stands below is to be put right first; then it can be released."))
        if asked.standing and asked.standing.content_hash == self.draft.content_hash:
            messages.info(request, _("The newest release has exactly this content."))
            return redirect("scenarios:inspect", self.draft.pk)
        return self.render_to_response(self.get_context_data(asked=asked))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if "expected" in request.POST and seen_edition(request) != self.draft.edition:
            messages.error(request, _("The draft was changed meanwhile. Look at what is released now."))
            return redirect("scenarios:release", pk)
        try:
            version = release_scenario(draft=self.draft, by=current_person(request), now=timezone.now())
        except InvalidDocument:
            return self.back(_("What stands below is to be put right first; then it can be released."))
        except Refusal as refusal:
            return self.back(str(refusal))
        released = _("%(title)s is released as version %(number)s.")
        messages.success(request, released % {"title": version.title, "number": version.number})
        return redirect("scenarios:inspect", pk)

    def back(self, why: str) -> HttpResponse:
        """To the draft, with what stands in the way."""
        messages.error(self.request, why)
        return redirect("scenarios:inspect", self.draft.pk)


def _asked(draft: ScenarioDraft) -> Asked:
    """Three queries. Raises InvalidDocument."""
    read = read_document(read_text(draft.document))
    versions = ScenarioVersion.objects.filter(key=draft.key).defer("document").order_by("-number")
    check = newest_check(draft.content_hash)
    return Asked(
        read=read,
        standing=versions.first(),
        check=check,
        warnings=_told(check, "warning"),
        errors=_told(check, "error"),
        page=ScenarioPage.objects.live().filter(scenario_key=draft.key).first(),
    )


def _told(check: ScenarioCheck | None, severity: str) -> tuple[str, ...]:
    """What the check found of that severity, each in a sentence."""
    if check is None:
        return ()
    report: Any = check.report
    scenario = scenario_from(check.document)
    return tuple(finding_text(each, scenario) for each in report["findings"] if each["severity"] == severity)
