"""Pages of a ceremony: the checklist, and who sits where."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from certificates.ceremony.asking import times_printed
from certificates.ceremony.checklists import checklist_of
from certificates.ceremony.forms import OrderForm, SeatForm, SeatListForm
from certificates.ceremony.lines import SEATABLE, lines_of, seat_lines, seated
from certificates.ceremony.seat_lists import SeatList, read_file, read_pasted
from certificates.ceremony.seats import SeatOrder, arrange_seats, move_by_one, move_to_seat
from certificates.models import BatchRow, CertificateBatch
from certificates.queries import batches_visible_to
from core.errors import Refusal
from people.accounts import current_person

ROWS_A_PAGE = 100
PROBLEMS_SHOWN = 20


@login_required
@require_GET
def ceremony(request: HttpRequest, pk: int) -> HttpResponse:
    """What is done and what comes next."""
    found = visible_batch(request, pk)
    context = {"batch": found, "checklist": checklist_of(found, now=timezone.now())}
    return render(request, "certificates/ceremony/checklist.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sits where; posted, everybody is seated anew by an order."""
    found, now = visible_batch(request, pk), timezone.now()
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            order = SeatOrder(form.cleaned_data["order"])
            count = arrange_seats(batch=found, order=order, by=current_person(request), now=now)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            _say_seated(request, count)
        return redirect("certificates:ceremony_seats", pk=pk)
    page = page_of(request, found)
    lines = lines_of(page.object_list, now=now)  # type: ignore[arg-type]
    printed = times_printed(line.row.certificate_id for line in lines if line.row.certificate_id)
    context = {
        "batch": found,
        "form": form,
        "page": page,
        "lines": [(line, printed.get(line.row.certificate_id or 0, 0)) for line in lines],
        "are_set": any(line.seat for line in lines),
    }
    return render(request, "certificates/ceremony/seats.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def seat_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody seated by a list; where a line is wrong nothing is taken."""
    found, now = visible_batch(request, pk), timezone.now()
    form, listed = SeatListForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        try:
            listed = _read(form, found)
            if not listed.problems:
                by = current_person(request)
                count = arrange_seats(batch=found, order=listed.listed, by=by, now=now)
                _say_seated(request, count, listed.missing)
                return redirect("certificates:ceremony_seats", pk=pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    problems = listed.problems if listed else ()
    context = {
        "batch": found,
        "form": form,
        "problems": problems[:PROBLEMS_SHOWN],
        "more": max(len(problems) - PROBLEMS_SHOWN, 0),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "certificates/ceremony/seat_list.html", context, status=status)


@login_required
@require_POST
def move(request: HttpRequest, pk: int, row_id: int) -> HttpResponse:
    """One person up, down, or to another seat."""
    row, now, by = visible_row(request, pk, row_id), timezone.now(), current_person(request)
    try:
        if "up" in request.POST or "down" in request.POST:
            row = move_by_one(row=row, down="down" in request.POST, by=by, now=now)
        else:
            form = SeatForm(request.POST)
            if not form.is_valid():
                raise Refusal(_("Type the number of a seat."))
            row = move_to_seat(row=row, seat=form.cleaned_data["seat"], by=by, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    page = request.POST.get("page", "")
    query = {"page": page} if page.isdecimal() else {}
    return redirect(reverse("certificates:ceremony_seats", args=[pk], query=query) + f"#row-{row.pk}")


def visible_batch(request: HttpRequest, pk: int) -> CertificateBatch:
    """The batch, for those who issue in its organisation; 404 for everybody else."""
    visible = batches_visible_to(current_person(request), on=timezone.localdate())
    return get_object_or_404(visible, pk=pk)


def visible_row(request: HttpRequest, pk: int, row_id: int) -> BatchRow:
    """A person of a batch that one may see, as long as they take part."""
    found = visible_batch(request, pk)
    return get_object_or_404(found.rows.filter(state__in=SEATABLE).select_related("batch"), pk=row_id)


def page_of(request: HttpRequest, batch: CertificateBatch) -> Page[BatchRow]:
    """Some of the batch's people, in seat order. Two queries."""
    rows = seated(batch.rows.filter(state__in=SEATABLE))
    return Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))


def _read(form: SeatListForm, batch: CertificateBatch) -> SeatList:
    said, lines = form.cleaned_data, seat_lines(batch, now=timezone.now())
    return (
        read_file(said["file"].read(), lines=lines)
        if said["file"]
        else read_pasted(said["text"], lines=lines)
    )


def _say_seated(request: HttpRequest, count: int, missing: int = 0) -> None:
    said = ngettext("%(count)d person has a seat now.", "%(count)d people have a seat now.", count)
    text = said % {"count": count}
    if missing:
        behind = ngettext(
            "%(count)d person who is not on the list sits behind the others.",
            "%(count)d people who are not on the list sit behind the others.",
            missing,
        )
        text += behind % {"count": missing}
    messages.success(request, text)
