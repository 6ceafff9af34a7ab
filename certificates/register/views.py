"""Pages of the register, for those who issue, each within their scope."""

from __future__ import annotations

from datetime import date
from tempfile import TemporaryFile
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from certificates.authority import issuing_paths, organisations_for
from certificates.models import PrintRun
from certificates.queries import batches_visible_to, certificates_overseen_by
from certificates.register.entries import all_entries, entries, in_order
from certificates.register.figures import figures_of
from certificates.register.filters import RegisterForm
from certificates.register.sheets import write_sheet
from certificates.register.standings import with_standing
from certificates.register.trail import entries_about, trail_lines
from core import audit
from people.accounts import current_person, names_of
from people.models import Organisation, Person

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    viewer, on = _issuing_viewer(request)
    form = _form(request.GET, viewer, on)
    found = _found(form, viewer, on)
    page = Paginator(in_order(found), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "entries": entries(list(page), on=on)}
    return render(request, "certificates/register/register.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def sheet(request: HttpRequest) -> FileResponse:
    """What the page shows, all of it, as a workbook. Taking data out is written down."""
    viewer, on = _issuing_viewer(request)
    found = _found(_form(request.POST, viewer, on), viewer, on)
    target = TemporaryFile()  # noqa: SIM115 -- the response closes it
    count = write_sheet(all_entries(found, on=on), target)
    with transaction.atomic():
        audit.record(
            action="register.exported",
            target="certificates.register:xlsx",
            by=viewer,
            now=timezone.now(),
            rows=count,
        )
    target.seek(0)
    name = f"register-{on:%Y%m%d}.xlsx"
    response = FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    viewer, on = _issuing_viewer(request)
    paths = issuing_paths(viewer, on=on)
    overseen = with_standing(certificates_overseen_by(viewer, on=on), on=on)
    context = {"figures": figures_of(overseen, _places(paths), on=on)}
    return render(request, "certificates/register/figures.html", context)


@login_required
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """What went to paper and why, over all batches of one's scope."""
    viewer, on = _issuing_viewer(request)
    runs = PrintRun.objects.filter(batch__in=batches_visible_to(viewer, on=on).values("pk"))
    page = Paginator(runs.select_related("batch").order_by("-asked_at", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    names = names_of({run.asked_by_id for run in page})
    lines = [(run, names.get(run.asked_by_id, "—")) for run in page]
    return render(request, "certificates/register/paper.html", {"page": page, "lines": lines})


@login_required
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    viewer, on = _issuing_viewer(request)
    batches = batches_visible_to(viewer, on=on)
    found = entries_about(certificates_overseen_by(viewer, on=on), batches.select_related(None))
    page = Paginator(found.select_related("seal"), PER_PAGE).get_page(request.GET.get("page"))
    titles = {str(pk): title for pk, title in batches.values_list("pk", "title")}
    context = {"page": page, "lines": trail_lines(list(page), titles)}
    return render(request, "certificates/register/trail.html", context)


def _form(said: Any, viewer: Person, on: date) -> RegisterForm:
    form = RegisterForm(said, organisations=organisations_for(viewer, on=on))
    form.is_valid()
    return form


def _found(form: RegisterForm, viewer: Person, on: date) -> QuerySet[Any]:
    return form.narrow(certificates_overseen_by(viewer, on=on), on=on)


def _places(paths: list[str]) -> list[Organisation]:
    """What figures are told apart by: the organisations right below the highest of the viewer's scope."""
    top = Organisation.objects.filter(path__in=paths).order_by("path").first()
    if top is None:
        return []
    return list(top.get_children().order_by("path")) or [top]


def _issuing_viewer(request: HttpRequest) -> tuple[Person, date]:
    viewer, on = current_person(request), timezone.localdate()
    if not issuing_paths(viewer, on=on):
        raise PermissionDenied
    return viewer, on
