"""The page on which renewals are proposed: who is ready, and what the others still lack."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.models import SchemeVersion
from certificates.authority import organisations_for
from certificates.forms import ScopeForm
from certificates.gallery.shelf import offered_themes
from certificates.issuers import house_issuer
from certificates.renewing import propose_renewals, renewals_due
from core.errors import Refusal
from people.accounts import current_person, names_of
from people.models import Organisation, Person


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """Choose scheme and organisation, then whom to propose."""
    viewer, on = current_person(request), timezone.localdate()
    organisations = organisations_for(viewer, on=on)
    if not organisations.exists():
        raise PermissionDenied
    data = request.POST if request.method == "POST" else request.GET
    first = organisations.first()
    if "scheme" in data and "organisation" not in data and first:
        data = {"scheme": data["scheme"], "organisation": first.code}  # type: ignore[assignment]
    form = ScopeForm(data if "scheme" in data else None, organisations=organisations)
    if not form.is_valid():
        return render(request, "certificates/renew.html", {"form": form})
    scheme, organisation = form.cleaned_data["scheme"], form.cleaned_data["organisation"]
    if request.method == "POST":
        return _propose(request, scheme, organisation, viewer)
    return render(request, "certificates/renew.html", {"form": form, **_context(scheme, organisation)})


def _context(scheme: SchemeVersion, organisation: Organisation) -> dict[str, Any]:
    now = timezone.now()
    due = renewals_due(scheme=scheme, organisation=organisation, now=now)
    names = names_of({each.certificate.person_id for each in (*due.ready, *due.lacking)})
    return {
        "scheme": scheme,
        "organisation": organisation,
        "ready": [(each, names.get(each.certificate.person_id, "")) for each in due.ready],
        "lacking": [(each, names.get(each.certificate.person_id, "")) for each in due.lacking],
        "themes": offered_themes(house_issuer()),
        "suggested_title": _("Renewal %(month)s") % {"month": f"{timezone.localdate(now):%Y-%m}"},
    }


def _propose(
    request: HttpRequest, scheme: SchemeVersion, organisation: Organisation, viewer: Person
) -> HttpResponse:
    try:
        batch = propose_renewals(
            scheme=scheme,
            organisation=organisation,
            people=_posted_people(request),
            title=request.POST.get("title", "")[:80],
            theme=request.POST.get("theme", ""),
            by=viewer,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        query = {"scheme": scheme.key, "organisation": organisation.code}
        return redirect(reverse("certificates:renew", query=query))
    return redirect("certificates:batch", pk=batch.pk)


def _posted_people(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist("person")]
    except ValueError as error:
        raise Http404 from error
