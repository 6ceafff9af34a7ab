"""Pages of the paper: runs and their log, the file of a run, the sheet to measure with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from certificates.ceremony.asking import MOST_SEATS, ask_print, last_offset
from certificates.ceremony.checklists import checklist_of, rows_in_force
from certificates.ceremony.forms import OffsetForm, PaperForm
from certificates.ceremony.lines import seats_in_words
from certificates.ceremony.rulers import print_test_sheet
from certificates.ceremony.views import visible_batch
from certificates.models import CertificateBatch, LeftOut, PrintKind, PrintRun, PrintSheet, PrintState
from certificates.press import PressError
from core.errors import Refusal
from core.private_files import respond
from people.accounts import current_person, names_of

RUNS_SHOWN = 200


@dataclass(frozen=True)
class RunLine:
    """A run as the log shows it: who asked, how many sheets, which seats were left out and why."""

    run: PrintRun
    by: str
    asked: int
    missing: int
    left_out: tuple[str, ...]

    @property
    def sheets(self) -> int:
        """How many are on the paper, or will be."""
        return self.asked - self.missing

    @property
    def moved(self) -> str:
        """What the texts were moved by, in millimetres; "" on whole certificates."""
        if self.run.kind != PrintKind.OVERPRINT:
            return ""
        return f"→ {self.run.offset_right / 10:+.1f} mm　↓ {self.run.offset_down / 10:+.1f} mm"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest, pk: int) -> HttpResponse:
    """The log of the paper; posted, a new run."""
    found = visible_batch(request, pk)
    form = PaperForm(request.POST or None, initial=_initial(found) if request.method != "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = {"paper": form.paper(), "key": form.cleaned_data["key"]}
        try:
            ask_print(batch=found, **asked, by=current_person(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error("reason" if refusal.code == "reason" else None, str(refusal))
        else:
            messages.success(request, _("The file is being put together. You find it in the log below."))
            return redirect("certificates:ceremony_paper", pk=pk)
    log = run_log(found)
    context = {
        "batch": found,
        "form": form,
        "log": log,
        "checklist": checklist_of(found, now=timezone.now()),
        "is_waiting": any(line.run.state == PrintState.WAITING for line in log) and not form.errors,
        "most": MOST_SEATS,
    }
    return render(request, "certificates/ceremony/paper.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def download(request: HttpRequest, pk: int, run_id: int) -> FileResponse:
    """The file of a run, as long as it is kept."""
    found = visible_batch(request, pk)
    run = get_object_or_404(found.print_runs.filter(state=PrintState.READY), pk=run_id)
    name = f"{found.title} {run.first_seat}-{run.last_seat} {run.get_kind_display()} {run.pk}.pdf"
    return respond(run.path, allowed=bool(run.path), filename=name, content_type="application/pdf")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def test_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet to lay over a blank, moved by what stands in the form. Posted, so that nothing of the form beside it
    comes into the address."""
    found = visible_batch(request, pk)
    form = OffsetForm(request.POST or request.GET)
    offset = form.offset() if form.is_valid() else last_offset(found)
    try:
        content = print_test_sheet(found, offset, now=timezone.now())
    except (Refusal, PressError) as refusal:
        messages.error(request, str(refusal))
        return redirect("certificates:ceremony_paper", pk=pk)
    return pdf(content, "test-sheet.pdf")


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF to look at, kept nowhere."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def run_log(batch: CertificateBatch) -> list[RunLine]:
    """The runs of a batch, the newest first. Three queries."""
    counted = batch.print_runs.annotate(
        sheets_asked=Count("sheets"), sheets_left_out=Count("sheets", filter=~Q(sheets__left_out=""))
    )
    found = list(counted.order_by("-pk")[:RUNS_SHOWN])
    names = names_of({run.asked_by_id for run in found})
    missing: dict[int, dict[str, list[int]]] = {}
    for run, why, seat in _left_out(found):
        missing.setdefault(run, {}).setdefault(why, []).append(seat)
    return [
        RunLine(
            run,
            names.get(run.asked_by_id, ""),
            run.sheets_asked,
            run.sheets_left_out,
            tuple(_why(why, seats) for why, seats in missing.get(run.pk, {}).items()),
        )
        for run in found
    ]


def _left_out(found: Sequence[PrintRun]) -> list[tuple[int, str, int]]:
    sheets = PrintSheet.objects.filter(run__in=found).exclude(left_out="").order_by("run", "seat")
    return list(sheets.values_list("run", "left_out", "seat"))


def _why(why: str, seats: list[int]) -> str:
    said = {"seats": seats_in_words(seats), "why": LeftOut(why).label}
    return _("Without seats %(seats)s: %(why)s") % said


def _initial(batch: CertificateBatch) -> dict[str, object]:
    """What is offered: the first seats that were not printed yet, moved as the last time."""
    offset, on = last_offset(batch), timezone.localdate()
    rows = rows_in_force(batch, on=on).exclude(seat=None)
    unprinted = rows.exclude(certificate__print_sheets__run__state=PrintState.READY).order_by("seat")
    seats = list(unprinted.values_list("seat", flat=True)[:MOST_SEATS])
    first = seats[0] if seats else None
    within = [seat for seat in seats if seat and first and seat < first + MOST_SEATS]
    return {
        "kind": PrintKind.WHOLE,
        "first": first,
        "last": within[-1] if within else first,
        "right": f"{offset.right / 10:g}",
        "down": f"{offset.down / 10:g}",
    }
