"""Pages of the lists: what is signed, what is read out, and how each name is read."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from certificates.ceremony.announcing import announced, set_reading
from certificates.ceremony.checklists import ANNOUNCING, SIGNING, checklist_of
from certificates.ceremony.forms import ListForm, ReadingForm
from certificates.ceremony.lines import SeatLine, lines_of, seat_lines, within_seats
from certificates.ceremony.paper_views import pdf
from certificates.ceremony.seats import LAST_SEAT
from certificates.ceremony.sheets import print_announcing_list, print_signing_sheet
from certificates.ceremony.views import page_of, visible_batch, visible_row
from certificates.models import BatchRow, CertificateBatch
from core import audit
from core.errors import Refusal
from people.accounts import current_person

MOST_LINES = 300  # some four seconds of work; more are printed in parts


@login_required
@require_GET
def lists(request: HttpRequest, pk: int) -> HttpResponse:
    """Which lists there are, and for whom they are printed."""
    found, now = visible_batch(request, pk), timezone.now()
    return _page(request, found, _form(None, seat_lines(found, now=now)))


@login_required
@require_GET
def signing(request: HttpRequest, pk: int) -> HttpResponse:
    """领取签收表 as a PDF."""
    return _print(request, pk, print_signing_sheet, SIGNING, "signing.pdf")


@login_required
@require_GET
def announcing(request: HttpRequest, pk: int) -> HttpResponse:
    """宣读名单 as a PDF."""
    return _print(request, pk, print_announcing_list, ANNOUNCING, "announcing.pdf")


@login_required
@require_GET
def names(request: HttpRequest, pk: int) -> HttpResponse:
    """Every name with its syllables; with `ask`, only those to ask about."""
    found, now = visible_batch(request, pk), timezone.now()
    only_doubtful, page = "ask" in request.GET, None
    if only_doubtful:
        lines = seat_lines(found, now=now)
    else:
        page = page_of(request, found)
        lines = lines_of(page.object_list, now=now)  # type: ignore[arg-type]
    people = announced(line for line in lines if line.takes_part)
    context = {
        "batch": found,
        "people": [one for one in people if one.doubts] if only_doubtful else people,
        "page": page,
        "only_doubtful": only_doubtful,
    }
    return render(request, "certificates/ceremony/names.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: HttpRequest, pk: int, row_id: int) -> HttpResponse:
    """How one name is read, put right by hand."""
    row, now = visible_row(request, pk, row_id), timezone.now()
    line = lines_of(BatchRow.objects.filter(pk=row.pk), now=now)[0]
    form = ReadingForm(request.POST or None, initial={"reading": row.reading})
    if request.method == "POST" and form.is_valid():
        try:
            set_reading(row=row, text=form.cleaned_data["reading"], by=current_person(request), now=now)
        except Refusal as refusal:
            form.add_error("reading", str(refusal))
        else:
            messages.success(request, _("Written down."))
            return redirect(reverse("certificates:ceremony_names", args=[pk]) + f"#row-{row.pk}")
    context = {"batch": row.batch, "one": announced([line])[0], "form": form}
    return render(request, "certificates/ceremony/reading.html", context, status=422 if form.errors else 200)


def _print(
    request: HttpRequest,
    pk: int,
    printer: Callable[[CertificateBatch, list[SeatLine]], bytes],
    action: str,
    name: str,
) -> HttpResponse:
    """A list for the people chosen; who printed it and when is on record, so that the checklist knows."""
    found, now = visible_batch(request, pk), timezone.now()
    lines = seat_lines(found, now=now)
    form = _form(request.GET, lines)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    chosen = _chosen(form, lines)
    if not 0 < len(chosen) <= MOST_LINES:
        form.add_error(None, _("Choose between 1 and %(most)s people.") % {"most": MOST_LINES})
        return _page(request, found, form, status=422)
    content = printer(found, chosen)
    with transaction.atomic():
        target, by = f"certificates.batch:{found.pk}", current_person(request)
        audit.record(action=action, target=target, by=by, now=now, people=len(chosen))
    return pdf(content, name)


def _page(request: HttpRequest, batch: CertificateBatch, form: ListForm, status: int = 200) -> HttpResponse:
    context = {"batch": batch, "form": form, "checklist": checklist_of(batch, now=timezone.now())}
    return render(request, "certificates/ceremony/lists.html", context, status=status)


def _form(data: object, lines: list[SeatLine]) -> ListForm:
    places = {line.place.path: line.place.name for line in lines if line.place.path}
    return ListForm(data, organisations=sorted(places.items()))


def _chosen(form: ListForm, lines: list[SeatLine]) -> list[SeatLine]:
    said = form.cleaned_data
    if said["first"] or said["last"]:
        lines = within_seats(lines, said["first"] or 1, said["last"] or LAST_SEAT)
    path = said["organisation"]
    return [line for line in lines if line.place.path.startswith(path)]
