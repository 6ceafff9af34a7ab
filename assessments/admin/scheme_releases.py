"""What follows the writing of a scheme: who would gain or lose, the release, frozen versions, and what nights found."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from assessments.admin.scheme_rows import facts_of, renewals_of, rows_of
from assessments.admin.schemes import SchemePage, SchemesView, check_writer, may_write, seen_revision
from assessments.models import DecisionReview, PreviewStatus, SchemeDraft, SchemeVersion
from assessments.schemes.comparing import differences
from assessments.schemes.drafts import delete_scheme_draft, digest_of, release_scheme_draft, versions_of
from assessments.schemes.previewing import ask_preview, newest_preview
from core.errors import Refusal
from people.accounts import current_person, names_of
from people.models import Person
from people.scope import people_visible_to

NIGHTS = 30
MOST_NAMED = 500


def named(ids: list[str], viewer: Person) -> tuple[list[tuple[UUID, str]], int]:
    """(id, name) of those the viewer may see, by name; and how many others there are. Two queries."""
    wanted = [UUID(each) for each in ids]
    seen = set(
        people_visible_to(viewer, at=timezone.now()).filter(pk__in=wanted).values_list("pk", flat=True)
    )
    names = sorted(names_of(seen).items(), key=lambda each: each[1])
    return names[:MOST_NAMED], len(wanted) - len(names[:MOST_NAMED])


class PreviewView(SchemePage):
    """Who would gain and who would lose; counted by a worker, asked again every two seconds while it counts."""

    template_name = "assessments/admin/scheme_preview.html"
    page_title = gettext_lazy("Who gains, who loses")
    writes = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        preview = newest_preview(self.draft)
        done = preview is not None and preview.status == PreviewStatus.DONE
        viewer = current_person(self.request)
        nobody: tuple[list[tuple[UUID, str]], int] = ([], 0)
        return super().get_context_data(
            preview=preview,
            is_done=done,
            is_fresh=bool(preview and preview.content_hash == digest_of(self.draft)),
            gains=named(preview.gains, viewer) if preview and done else nobody,
            losses=named(preview.losses, viewer) if preview and done else nobody,
            **kwargs,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        if request.headers.get("HX-Request") and not context["is_done"]:
            return render(request, "assessments/admin/scheme_preview_progress.html", context)
        response = self.render_to_response(context)
        if request.headers.get("HX-Request"):
            response["HX-Refresh"] = "true"
        return response

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            ask_preview(draft=self.draft, by=current_person(request), now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("schemes:scheme", pk)
        return redirect("schemes:preview", pk)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release what the draft says and come back to it."""
    check_writer(request)
    draft = get_object_or_404(SchemeDraft, pk=pk)
    try:
        version = release_scheme_draft(
            draft=draft,
            revision=seen_revision(request),
            by=current_person(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("The scheme “%(title)s” is released as version %(number)s. Everybody is decided again now.")
        messages.success(request, said % {"title": version.title, "number": version.number})
    return redirect("schemes:scheme", pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the draft; what was released stays in force. A second time there is nothing to forget."""
    check_writer(request)
    draft = SchemeDraft.objects.filter(pk=pk).first()
    if draft:
        delete_scheme_draft(draft=draft, by=current_person(request), now=timezone.now())
        messages.success(request, _("The draft “%(title)s” is deleted.") % {"title": draft.title})
    return redirect("schemes:index")


class VersionsView(SchemesView):
    """Frozen versions of one scheme; each with what it changed."""

    template_name = "assessments/admin/scheme_versions.html"
    page_title = gettext_lazy("Versions")

    @cached_property
    def versions(self) -> list[SchemeVersion]:
        found = versions_of(self.kwargs["key"])
        if not found:
            get_object_or_404(SchemeVersion, key=self.kwargs["key"])
        return found

    def get_page_subtitle(self) -> str:
        return self.versions[0].title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        earlier = [*self.versions[1:], None]
        return super().get_context_data(
            versions=[
                (version, differences(before.definition, version.definition) if before else ())
                for version, before in zip(self.versions, earlier, strict=True)
            ],
            may_write=may_write(self.request),
            **kwargs,
        )


class VersionView(SchemesView):
    """One frozen version in words."""

    template_name = "assessments/admin/scheme_version.html"
    page_title = gettext_lazy("Frozen version")

    @cached_property
    def version(self) -> SchemeVersion:
        return get_object_or_404(SchemeVersion, key=self.kwargs["key"], number=self.kwargs["number"])

    def get_page_subtitle(self) -> str:
        return self.version.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition = self.version.definition
        return super().get_context_data(
            version=self.version,
            facts=facts_of(definition),
            renewals=renewals_of(definition),
            rows=rows_of(definition),
            may_write=may_write(self.request),
            **kwargs,
        )


class NightsView(SchemesView):
    """What the last nights found when they decided everything again."""

    template_name = "assessments/admin/scheme_nights.html"
    page_title = gettext_lazy("Nightly review of decisions")
    writes = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        nights = list(DecisionReview.objects.order_by("-run_on")[:NIGHTS])
        return super().get_context_data(
            nights=[(night, Counter(each["cause"] for each in night.differences)) for night in nights],
            **self._last(nights),
            **kwargs,
        )

    def _last(self, nights: list[DecisionReview]) -> dict[str, Any]:
        """The newest night with differences, person by person, as far as the reader may see them."""
        night = next((each for each in nights if each.differences), None)
        if night is None:
            return {"last": None}
        people, _others = named([each["person"] for each in night.differences], current_person(self.request))
        names = dict(people)
        titles = dict(SchemeVersion.objects.newest().values_list("key", "title"))
        seen = [
            (names[UUID(each["person"])], titles.get(each["scheme"], each["scheme"]), each)
            for each in night.differences
            if UUID(each["person"]) in names
        ]
        return {"last": night, "seen": seen, "others": len(night.differences) - len(seen)}
