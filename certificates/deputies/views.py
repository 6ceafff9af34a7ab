"""Pages for those who name a deputy, and for the deputies themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from certificates.authority import issuing_paths
from certificates.deputies.forms import DeputyForm, named_deputy
from certificates.deputies.naming import end_deputy, name_deputy
from certificates.models import Deputy
from core.errors import Refusal
from people.accounts import current_person, names_of
from people.models import Person

PER_PAGE = 25


@dataclass(frozen=True)
class Line:
    """One deputy of mine, or one whom I stand in for."""

    deputy: Deputy
    principal_name: str
    deputy_name: str
    state: str  # coming, standing, over

    @property
    def chip(self) -> str:
        return {"standing": "done", "coming": "open"}.get(self.state, "plain")


@login_required
@require_http_methods(["GET", "POST"])
def deputies(request: HttpRequest) -> HttpResponse:
    viewer, now = current_person(request), timezone.now()
    on = timezone.localdate(now)
    may_name = bool(issuing_paths(viewer, on=on))
    page = Paginator(_concerning(viewer), PER_PAGE).get_page(request.GET.get("page"))
    if not may_name and not page.object_list:
        raise PermissionDenied
    form = DeputyForm(request.POST or None, initial={"since_on": on})
    if request.method == "POST" and form.is_valid():
        try:
            name_deputy(**named_deputy(form), by=viewer, now=now)
        except Refusal as refusal:
            form.add_refusal(refusal.code, str(refusal))
        else:
            messages.success(request, _("Named. They were told."))
            return redirect("certificates:deputies")
    context = {"form": form if may_name else None, "page": page, "lines": _lines(page, on), "viewer": viewer}
    return render(request, "certificates/deputies/deputies.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = current_person(request)
    deputy = get_object_or_404(_concerning(viewer), pk=pk)
    end_deputy(deputy=deputy, by=viewer, now=timezone.now())
    messages.success(request, _("Ended. From now on nobody approves in this place."))
    return redirect("certificates:deputies")


def _concerning(viewer: Person) -> QuerySet[Deputy]:
    mine = Q(principal=viewer) | Q(deputy=viewer)
    return Deputy.objects.filter(mine).order_by("-until_on", "-pk")


def _lines(page: Page[Deputy], on: date) -> list[Line]:
    rows = list(page.object_list)
    names = names_of({key for row in rows for key in (row.principal_id, row.deputy_id)})
    return [
        Line(row, names.get(row.principal_id, "—"), names.get(row.deputy_id, "—"), _state(row, on))
        for row in rows
    ]


def _state(row: Deputy, on: date) -> str:
    if row.ended_at or row.until_on < on:
        return "over"
    return "coming" if row.since_on > on else "standing"
