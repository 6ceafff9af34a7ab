"""Pages of one batch, for those who issue in its organisation and whoever stands in for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.schemes.releasing import definition_of
from certificates import batches as operations
from certificates.batch_pages import samples
from certificates.batch_pages.board import BatchBoard, batch_board
from certificates.batch_pages.roster import person_lines, roster, set_aside
from certificates.forms import ApprovalForm
from certificates.models import CertificateBatch
from certificates.names import ask_confirmation
from certificates.press.theming import load_theme
from certificates.queries import batches_visible_to, names_to_ask
from certificates.register.trail import trail_lines
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.accounts import current_person
from people.models import Person

SAMPLES = (samples.FIRST, samples.LONGEST)


@login_required
@require_GET
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """What the checks found and who is set aside."""
    found = _visible_batch(request, pk)
    return _checks_page(request, found, ApprovalForm())


@login_required
@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible_batch(request, pk)
    board = batch_board(found)
    more = {"roster": roster(board, request.GET, now=timezone.now())}
    return _page(request, "people", board, ApprovalForm(), more)


@login_required
@require_GET
def sample_pages(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible_batch(request, pk)
    sitters = {which: samples.sitter(found, which) for which in SAMPLES}
    return _page(request, "samples", batch_board(found), ApprovalForm(), {"sitters": sitters})


@login_required
@require_GET
def trail(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible_batch(request, pk)
    entries = AuditEntry.objects.filter(target=f"certificates.batch:{found.pk}").select_related("seal")
    lines = trail_lines(list(entries.order_by("-pk")), {str(found.pk): found.title})
    return _page(request, "trail", batch_board(found), ApprovalForm(), {"lines": lines})


@login_required
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the workers are, a part of the page; once they are done the whole page is asked for anew."""
    board = batch_board(_visible_batch(request, pk))
    response = render(request, "certificates/batch/progress.html", {"board": board})
    if not board.is_moving:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_GET
def sample(request: HttpRequest, pk: int, which: str = samples.FIRST) -> HttpResponse:
    """A sample as a PDF."""
    response = HttpResponse(_sample(request, pk, which), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="sample.pdf"'
    return response


@login_required
@require_GET
def sample_picture(request: HttpRequest, pk: int, which: str) -> HttpResponse:
    picture = samples.picture_of(_sample(request, pk, which))
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, max-age=60"})


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    found, viewer = _visible_batch(request, pk), current_person(request)
    if "withdraw" in request.POST:
        return _run(request, found, lambda now: operations.withdraw_batch(batch=found, by=viewer, now=now))
    if "back" in request.POST:
        remark, operation = request.POST.get("remark", "")[:500], operations.return_batch
        return _run(request, found, lambda now: operation(batch=found, remark=remark, by=viewer, now=now))
    form = ApprovalForm(request.POST)
    if form.is_valid():
        said = {"count": form.cleaned_data["count"], "remark": form.cleaned_data["remark"]}
        try:
            operations.approve_batch(batch=found, by=viewer, now=timezone.now(), **said)
        except Refusal as refusal:
            form.add_error("count" if refusal.code == "count" else None, str(refusal))
        else:
            messages.success(request, _("Approved. The certificates are being issued."))
            return redirect("certificates:batch", pk=pk)
    return _checks_page(request, found, form, status=422)


@login_required
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Check everybody anew; with `ask`, put their names to those who must be asked."""
    found, viewer = _visible_batch(request, pk), current_person(request)
    asked = names_to_ask(found) if "ask" in request.POST else []
    response = _run(request, found, lambda now: operations.recheck_batch(batch=found, by=viewer, now=now))
    for person in asked:
        scheme_key = found.scheme_version.key
        ask_confirmation(person=person, scheme_key=scheme_key, by=viewer, now=timezone.now())
    if asked:
        messages.success(request, _("Asked. People answer on their own pages."))
    elif "ask" in request.POST:
        messages.info(request, _("Nobody has to be asked now: they were asked, or the account comes first."))
    return response


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    found, viewer = _visible_batch(request, pk), current_person(request)
    return _run(request, found, lambda now: operations.retry_failed(batch=found, by=viewer, now=now))


def _checks_page(
    request: HttpRequest, found: CertificateBatch, form: ApprovalForm, status: int = 200
) -> HttpResponse:
    page = set_aside(found, request.GET)
    more = {"page": page, "lines": person_lines(page, now=timezone.now())}
    return _page(request, "checks", batch_board(found), form, more, status)


def _page(
    request: HttpRequest,
    here: str,
    board: BatchBoard,
    form: ApprovalForm,
    more: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Any page of a batch: approval and progress stand beside each of them."""
    definition = definition_of(board.batch.scheme_version)
    context = {
        "here": here,
        "board": board,
        "form": form,
        "refused": _why_not_approve(board.batch, current_person(request)) if board.is_waiting else "",
        "is_own": board.batch.proposed_by_id == current_person(request).pk,
        "certificate_title": definition.certificate_title,
        "design": load_theme(board.batch.theme).title,
        **more,
    }
    return render(request, f"certificates/batch/{here}.html", context, status=status)


def _why_not_approve(found: CertificateBatch, viewer: Person) -> str:
    try:
        operations.check_may_approve(found, by=viewer, now=timezone.now())
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def _sample(request: HttpRequest, pk: int, which: str) -> bytes:
    found = _visible_batch(request, pk)
    row = samples.sitter(found, which) if which in SAMPLES else None
    if row is None:
        raise Http404
    return samples.print_sample(row, now=timezone.now())


def _run(request: HttpRequest, found: CertificateBatch, operation: Any) -> HttpResponse:
    try:
        operation(timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("certificates:batch", pk=found.pk)


def _visible_batch(request: HttpRequest, pk: int) -> CertificateBatch:
    visible = batches_visible_to(current_person(request), on=timezone.localdate())
    return get_object_or_404(visible, pk=pk)
