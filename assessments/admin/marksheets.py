"""成绩导入 in the editor's admin: a file of marks is uploaded for one release, read, looked at and taken.

For administrators and examiners, each for the candidates in their reach; a file is seen by whoever brought it alone.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from assessments.admin.downloads import download
from assessments.items.checking import as_text
from assessments.marksheets.files import MOST_WHOLE, outcome_of, place_in_words, write_back, write_template
from assessments.marksheets.reach import BRINGERS, may_name, releases_in_reach, sheets_of
from assessments.marksheets.staging import MOST_BYTES, forget_sheet, take_marks, upload_marks
from assessments.marksheets.steps import TAKEABLE
from assessments.models import ExamVersion, ImportStatus, MarkLineFate, MarkSheet
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person
from people.roles import has_role

PER_PAGE = 50
UNDER_WAY = (ImportStatus.READING, ImportStatus.TAKING)


class MarksForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel (.xlsx) or a text table (.csv), 20 MB and 200,000 rows at most."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext_lazy("The file is larger than 20 MB. Split it."))
        return file


class MarksView(WagtailAdminTemplateMixin, TemplateView):
    """A page about marks from files, for those who may bring some."""

    header_icon = "upload"
    person: Person

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.person = bringer(request)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the list, this page."""
        home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
        start = {"url": reverse("mark_sheets"), "label": _("Marks from files")}
        title = str(self.get_page_title())
        return [home, start, {"label": title}] if title != start["label"] else [home, {"label": title}]


class MarksIndexView(MarksView):
    """Which exams have papers, and which files one brought."""

    template_name = "assessments/admin/marksheets.html"
    page_title = gettext_lazy("Marks from files")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        releases = releases_in_reach(self.person, at=timezone.now())
        page = Paginator(releases, PER_PAGE).get_page(self.request.GET.get("page"))
        earlier = sheets_of(self.person).select_related("exam_version").defer("exam_version__document")[:10]
        return super().get_context_data(releases=page, earlier=earlier, **kwargs)


class ExamMarksView(MarksView):
    """The template of one release, and the way in for the filled one."""

    template_name = "assessments/admin/marksheets_exam.html"
    page_title = gettext_lazy("Bring marks for an exam")

    def get_page_subtitle(self) -> str:
        return str(self.version.title)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.version = own_release(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", MarksForm())
        named = may_name(self.person, self.version, at=timezone.now())
        return super().get_context_data(version=self.version, may_name=named, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = MarksForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                sheet = upload_marks(
                    version=self.version,
                    content=file.read(),
                    name=file.name,
                    by=self.person,
                    now=timezone.now(),
                )
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                return redirect("mark_sheet", sheet.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SheetView(MarksView):
    """One file: how far it is, what each row would do, what came of it."""

    page_title = gettext_lazy("Marks from a file")
    sheet: MarkSheet

    def get_page_subtitle(self) -> str:
        return str(self.sheet.name)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.sheet = own_sheet(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        part = self.request.htmx  # type: ignore[attr-defined]
        return [f"assessments/admin/marksheet{'_progress' if part else ''}.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and self.sheet.status not in UNDER_WAY:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = self.sheet
        counted = sheet.lines.order_by().values_list("fate").annotate(count=Count("pk"))
        counts: dict[str, int] = dict(counted)
        fate = self.request.GET.get("fate", "")
        lines = sheet.lines.filter(fate=fate) if fate in MarkLineFate.values else sheet.lines.all()
        page = Paginator(_shown(lines), PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            sheet=sheet,
            is_under_way=sheet.status in UNDER_WAY,
            wanted=sum(counts.get(each, 0) for each in TAKEABLE),
            gives_whole=sheet.read_count <= MOST_WHOLE,
            all_in=bool(counts) and set(counts) == {MarkLineFate.SAME},
            skipped=counts.get(MarkLineFate.SKIPPED, 0),
            filters=[("", _("All rows"), sum(counts.values()))]
            + [(code, title, counts.get(code, 0)) for code, title in MarkLineFate.choices],
            fate=fate if fate in MarkLineFate.values else "",
            page=page,
            lines=[
                (
                    line,
                    "" if line.points is None else as_text(line.points),
                    outcome_of(line),
                    place_in_words(line),
                )
                for line in page
            ],
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        action, now = request.POST.get("action", ""), timezone.now()
        try:
            if action == "take":
                take_marks(sheet=self.sheet, by=self.person, now=now)
            elif action == "forget":
                forget_sheet(sheet=self.sheet, by=self.person, now=now)
                messages.success(request, _("The file and its lines are erased; marks that are in stay."))
                return redirect("mark_sheets_exam", self.sheet.exam_version_id)
            else:
                raise Http404
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("mark_sheet", pk)


def template(request: HttpRequest, pk: int) -> FileResponse:
    """The workbook to fill in, with the candidates who wait."""
    version, by = own_release(request, pk), bringer(request)
    now = timezone.now()
    name = f"{_('Marks of an exam')} {version.title} {timezone.localdate(now):%Y-%m-%d}.xlsx"
    return download(lambda target: write_template(version, target, by=by, now=now), name)


def report(request: HttpRequest, pk: UUID) -> FileResponse:
    """The file given back with what came of each row."""
    sheet = own_sheet(request, pk)
    if sheet.status in (ImportStatus.READING, ImportStatus.REFUSED):
        raise Http404
    only = request.GET.get("only") == "skipped" or sheet.read_count > MOST_WHOLE
    stem = sheet.name.rsplit(".", 1)[0]
    name = f"{stem} {_('to correct') if only else _('with outcome')}.xlsx"
    return download(lambda target: write_back(sheet, target, only_skipped=only), name)


def bringer(request: HttpRequest) -> Person:
    """Whoever asks. Raises PermissionDenied for somebody who neither administers nor examines."""
    person = current_person(request)
    if not has_role(person, *BRINGERS, on=timezone.localdate()):
        raise PermissionDenied
    return person


def own_release(request: HttpRequest, pk: int) -> ExamVersion:
    """A release with papers in one's reach; else 404."""
    found = releases_in_reach(bringer(request), at=timezone.now()).defer(None)
    return get_object_or_404(found, pk=pk)


def own_sheet(request: HttpRequest, pk: UUID) -> MarkSheet:
    """The file, if whoever asks brought it; else 404."""
    return get_object_or_404(sheets_of(bringer(request)).select_related("exam_version"), pk=pk)


def _shown(lines: Any) -> Any:
    """Lines in the order of the file, with what their row names."""
    return lines.select_related("answer__attempt").defer("answer__response").order_by("number")
