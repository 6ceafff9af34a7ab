"""Pages of those who propose; a batch's own pages are in `batch_pages`, what comes after the release is in `life`."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments.models import SchemeVersion
from certificates import batches as operations
from certificates.authority import approving_paths, organisations_for
from certificates.boards import batch_list
from certificates.forms import ProposalForm, ScopeForm
from certificates.gallery.shelf import offered_themes
from certificates.issuers import house_issuer
from certificates.names import ask_confirmation
from certificates.proposal import everybody, next_proposal
from certificates.queries import batches_visible_to
from core.errors import Refusal
from people.accounts import current_person
from people.models import Organisation, Person

PER_PAGE = 25
LONGEST_TITLE = 80


@login_required
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """The batches of the viewer's scope, and of those they stand in for."""
    viewer, on = current_person(request), timezone.localdate()
    may_propose = organisations_for(viewer, on=on).exists()
    if not may_propose and not approving_paths(viewer, on=on):
        raise PermissionDenied
    visible = batches_visible_to(viewer, on=on).order_by("-proposed_at", "-pk")
    page = Paginator(visible, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": batch_list(page), "may_propose": may_propose}
    return render(request, "certificates/batches.html", context)


@login_required
def propose(request: HttpRequest) -> HttpResponse:
    viewer, now = _issuing_viewer(request), timezone.now()
    organisations = organisations_for(viewer, on=timezone.localdate(now))
    data = request.POST if request.method == "POST" else request.GET
    form = ScopeForm(data if "scheme" in data else None, organisations=organisations)
    if not form.is_valid():
        return render(request, "certificates/propose.html", {"form": form})
    scheme, organisation = form.cleaned_data["scheme"], form.cleaned_data["organisation"]
    if request.method == "POST" and "ask" in request.POST:
        return _ask_for_names(request, scheme, organisation, viewer)
    if request.method == "POST":
        return _propose(request, form, viewer)
    return _proposal_page(request, form, _proposal_form(None, form, now), viewer)


def _propose(request: HttpRequest, scope: ScopeForm, viewer: Person) -> HttpResponse:
    now = timezone.now()
    scheme, organisation = scope.cleaned_data["scheme"], scope.cleaned_data["organisation"]
    form = _proposal_form(request.POST, scope, now)
    if form.is_valid():
        if "everybody" in request.POST:
            people = everybody(scheme=scheme, organisation=organisation, by=viewer, now=now)
        else:
            people = _posted_people(request)
        said = {name: form.cleaned_data[name] for name in ("title", "theme", "valid_from")}
        try:
            proposed = operations.propose_batch(
                scheme=scheme, organisation=organisation, people=people, by=viewer, now=now, **said
            )
        except Refusal as refusal:
            form.add_error(refusal.code if refusal.code in form.fields else None, str(refusal))
        else:
            return redirect("certificates:batch", pk=proposed.pk)
    return _proposal_page(request, scope, form, viewer, status=422)


def _proposal_page(
    request: HttpRequest, scope: ScopeForm, form: ProposalForm, viewer: Person, status: int = 200
) -> HttpResponse:
    scheme, organisation = scope.cleaned_data["scheme"], scope.cleaned_data["organisation"]
    context = {
        "form": scope,
        "proposal_form": form,
        "scheme": scheme,
        "organisation": organisation,
        "proposal": next_proposal(scheme=scheme, organisation=organisation, by=viewer, now=timezone.now()),
    }
    return render(request, "certificates/propose.html", context, status=status)


def _proposal_form(data: QueryDict | None, scope: ScopeForm, now: datetime) -> ProposalForm:
    try:
        themes = offered_themes(house_issuer())
    except Refusal:
        themes = []  # who sends the form is told why
    on = timezone.localdate(now)
    return ProposalForm(data, themes=themes, on=on, title=_suggested_title(scope, on))


def _suggested_title(scope: ScopeForm, on: date) -> str:
    """The month, the place and the scheme: tells a batch from the others of its month."""
    month = date_format(on, "YEAR_MONTH_FORMAT")
    scheme, organisation = scope.cleaned_data["scheme"], scope.cleaned_data["organisation"]
    return f"{month} {organisation.name} {scheme.title}"[:LONGEST_TITLE]


def _ask_for_names(
    request: HttpRequest, scheme: SchemeVersion, organisation: Organisation, viewer: Person
) -> HttpResponse:
    now = timezone.now()
    proposal = next_proposal(scheme=scheme, organisation=organisation, by=viewer, now=now)
    for line in proposal.to_ask:
        ask_confirmation(person=Person(pk=line.person_id), scheme_key=scheme.key, by=viewer, now=now)
    messages.success(request, _("Asked. People answer on their own pages."))
    return _back_to_proposal(scheme, organisation)


def _back_to_proposal(scheme: SchemeVersion, organisation: Organisation) -> HttpResponse:
    query = {"scheme": scheme.key, "organisation": organisation.code}
    return redirect(reverse("certificates:propose", query=query))


def _posted_people(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist("person")]
    except ValueError as error:
        raise Http404 from error


def _issuing_viewer(request: HttpRequest) -> Person:
    viewer = current_person(request)
    if not organisations_for(viewer, on=timezone.localdate()).exists():
        raise PermissionDenied
    return viewer
