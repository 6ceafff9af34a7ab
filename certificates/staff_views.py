"""Pages of those who propose and approve; what comes after the release is in `life`."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.models import SchemeVersion
from assessments.schemes.releasing import definition_of
from certificates import batches as operations
from certificates.authority import organisations_for
from certificates.boards import batch_board, batch_list
from certificates.forms import ApprovalForm, ScopeForm
from certificates.models import CertificateBatch, RowState
from certificates.names import ask_confirmation
from certificates.numbering import sample_of
from certificates.printing import print_certificate
from certificates.proposal import next_proposal
from certificates.queries import batches_visible_to, names_to_ask
from core.errors import NotAllowed, Refusal
from people.accounts import current_person
from people.models import Organisation, Person


@login_required
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    viewer = _issuing_viewer(request)
    visible = batches_visible_to(viewer, on=timezone.localdate())
    return render(request, "certificates/batches.html", {"batches": batch_list(visible)})


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
        return _propose(request, scheme, organisation, viewer)
    context = {
        "form": form,
        "scheme": scheme,
        "organisation": organisation,
        "proposal": next_proposal(scheme=scheme, organisation=organisation, by=viewer, now=now),
        "suggested_title": f"{timezone.localdate(now):%Y-%m}",
    }
    return render(request, "certificates/propose.html", context)


@login_required
@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    found, viewer = _visible_batch(request, pk), current_person(request)
    return _batch_page(request, found, viewer, _approval_form(found, viewer))


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    found, viewer = _visible_batch(request, pk), current_person(request)
    if "back" in request.POST:
        remark = request.POST.get("remark", "")[:500]
        operation = operations.return_batch
        return _run(
            request, found, lambda: operation(batch=found, remark=remark, by=viewer, now=timezone.now())
        )
    form = ApprovalForm(request.POST)
    if form.is_valid():
        try:
            operations.approve_batch(
                batch=found,
                count=form.cleaned_data["count"],
                remark=form.cleaned_data["remark"],
                by=viewer,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("count" if refusal.code == "count" else None, str(refusal))
        else:
            messages.success(request, _("Approved. The certificates are being issued."))
            return redirect("certificates:batch", pk=pk)
    return _batch_page(request, found, viewer, form, status=422)


@login_required
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Check everybody anew; with `ask`, put their names to those who must be asked."""
    found, viewer, now = _visible_batch(request, pk), current_person(request), timezone.now()
    asked = names_to_ask(found) if "ask" in request.POST else []
    response = _run(request, found, lambda: operations.recheck_batch(batch=found, by=viewer, now=now))
    for person in asked:
        ask_confirmation(person=person, scheme_key=found.scheme_version.key, by=viewer, now=now)
    if asked:
        messages.success(request, _("Asked. People answer on their own pages."))
    elif "ask" in request.POST:
        messages.info(request, _("Nobody has to be asked now: they were asked, or the account comes first."))
    return response


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    found, viewer = _visible_batch(request, pk), current_person(request)
    return _run(request, found, lambda: operations.retry_failed(batch=found, by=viewer, now=timezone.now()))


@login_required
@require_GET
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """The first ready person's certificate with a placeholder number and 样张 across it."""
    found = _visible_batch(request, pk)
    row = found.rows.filter(state=RowState.READY).select_related("person").order_by("pk").first()
    if row is None:
        raise Http404
    content = print_certificate(sample_of(found, row.person, now=timezone.now()))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="sample.pdf"'
    return response


def _propose(
    request: HttpRequest, scheme: SchemeVersion, organisation: Organisation, viewer: Person
) -> HttpResponse:
    try:
        proposed = operations.propose_batch(
            scheme=scheme,
            organisation=organisation,
            people=_posted_people(request),
            title=request.POST.get("title", "")[:80],
            by=viewer,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _back_to_proposal(scheme, organisation)
    return redirect("certificates:batch", pk=proposed.pk)


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


def _run(request: HttpRequest, found: CertificateBatch, operation: object) -> HttpResponse:
    assert callable(operation)  # noqa: S101 -- for the type checker
    try:
        operation()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("certificates:batch", pk=found.pk)


def _batch_page(
    request: HttpRequest,
    found: CertificateBatch,
    viewer: Person,
    form: ApprovalForm | None,
    status: int = 200,
) -> HttpResponse:
    board = batch_board(found, now=timezone.now())
    refused = _why_not_approve(found, viewer) if board.is_waiting else ""
    context = {
        "board": board,
        "form": form,
        "refused": refused,
        "ready": len(board.going),
        "certificate_title": definition_of(found.scheme_version).certificate_title,
    }
    return render(request, "certificates/batch.html", context, status=status)


def _approval_form(found: CertificateBatch, viewer: Person) -> ApprovalForm:
    return ApprovalForm()


def _why_not_approve(found: CertificateBatch, viewer: Person) -> str:
    try:
        operations.check_may_approve(found, by=viewer, now=timezone.now())
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def _issuing_viewer(request: HttpRequest) -> Person:
    viewer = current_person(request)
    if not organisations_for(viewer, on=timezone.localdate()).exists():
        raise PermissionDenied
    return viewer


def _visible_batch(request: HttpRequest, pk: int) -> CertificateBatch:
    visible = batches_visible_to(current_person(request), on=timezone.localdate())
    return get_object_or_404(visible, pk=pk)
