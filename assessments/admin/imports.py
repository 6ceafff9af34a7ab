"""题库 · 导入: a file is uploaded, read, looked at question by question, and taken. Each author sees their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assessments.admin.authors import AuthorsView
from assessments.admin.downloads import download
from assessments.admin.import_forms import FormatForm, UploadForm
from assessments.admin.import_lines import WARNED, count_lines, draw_lines, filter_lines
from assessments.formats import FORMATS
from assessments.models import BankImport, ImportStatus, LineFate, QuestionVersion
from assessments.permissions import can_read_keys
from assessments.transfer import staging
from assessments.transfer.advancing import chosen_lines
from assessments.transfer.detecting import detect
from assessments.transfer.drafts import Bank
from assessments.transfer.examples import TEMPLATES, template_of
from assessments.transfer.reporting import write_report
from competencies.framework import leaf_titles
from core.errors import Refusal
from people.accounts import current_person

PER_PAGE = 20
UNDER_WAY = (ImportStatus.READING, ImportStatus.TAKING)


class ImportStartView(AuthorsView):
    """What to import, and what was imported before."""

    template_name = "assessments/admin/import.html"
    page_title = gettext_lazy("Import questions")
    header_icon = "upload"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        modules = QuestionVersion.objects.newest().order_by("module").values_list("module", flat=True)
        kwargs.setdefault("form", UploadForm())
        return super().get_context_data(
            modules=modules.distinct(),
            earlier=staging.imports_of(current_person(self.request))[:10],
            templates=[(code, _(FORMATS[code].title)) for code in TEMPLATES],
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                return redirect(_address(self._upload(form)))
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _upload(self, form: UploadForm) -> BankImport:
        content, name = form.content_and_name()
        return staging.upload_file(
            content=content,
            name=name,
            format=form.cleaned_data["format"] or detect(name, content),
            bank=Bank(form.cleaned_data["module"], form.cleaned_data["leaf"]),
            by=current_person(self.request),
            now=timezone.now(),
        )


class ImportView(AuthorsView):
    """One import: how far it is, what was read, what came of it."""

    header_icon = "upload"
    staged: BankImport

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if can_read_keys(request.user):
            self.staged = own_import(request, kwargs["import_id"])

    def get_template_names(self) -> list[str]:
        if self.request.htmx:  # type: ignore[attr-defined]
            return ["assessments/admin/import_progress_part.html"]
        page = {ImportStatus.READ: "preview", ImportStatus.DONE: "done", ImportStatus.REFUSED: "refused"}
        return [f"assessments/admin/import_{page.get(ImportStatus(self.staged.status), 'progress')}.html"]

    def get_page_title(self) -> str:
        return _("Import questions")

    def get_page_subtitle(self) -> str:
        return str(self.staged.name)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and self.staged.status not in UNDER_WAY:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        staged = self.staged
        context = super().get_context_data(
            staged=staged,
            format_title=_(FORMATS[staged.format].title) if staged.format in FORMATS else staged.format,
            format_form=FormatForm(initial={"format": staged.format}),
            leaf_title=leaf_titles().get(staged.leaf, staged.leaf),
            **kwargs,
        )
        if staged.status == ImportStatus.TAKING:
            context["wanted"] = chosen_lines(staged).count()
        if staged.status in (ImportStatus.READ, ImportStatus.DONE):
            context |= self._lines()
        return context

    def _lines(self) -> dict[str, Any]:
        fate = self.request.GET.get("fate", "")
        counts = count_lines(self.staged)
        page = Paginator(filter_lines(self.staged, fate), PER_PAGE).get_page(self.request.GET.get("page"))
        filters = [("", _("All questions")), *LineFate.choices, (WARNED, _("With notes"))]
        return {
            "counts": counts,
            "filters": [(code, title, counts[code or "all"]) for code, title in filters],
            "fate": fate,
            "lines": page,
            "drawn": draw_lines(list(page)),
        }

    def post(self, request: HttpRequest, import_id: UUID) -> HttpResponseBase:
        action = getattr(self, f"_{request.POST.get('action', 'choose')}", None)
        if action not in (self._choose, self._all, self._none, self._take, self._reread, self._forget):
            raise Http404
        try:
            return redirect(action(request.POST))
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(_address(self.staged, _place(request.POST.get("here", ""))))

    def _choose(self, posted: QueryDict) -> str:
        """Keeps what is ticked on this page and goes where the button leads."""
        self._keep_choice(posted)
        return _address(self.staged, _place(posted.get("to", posted.get("here", ""))))

    def _keep_choice(self, posted: QueryDict) -> None:
        shown, chosen = _numbers(posted, "shown"), _numbers(posted, "chosen")
        staging.choose_lines(staged=self.staged, shown=shown, chosen=chosen, by=current_person(self.request))

    def _all(self, posted: QueryDict) -> str:
        staging.choose_all(staged=self.staged, chosen=True, by=current_person(self.request))
        return _address(self.staged, _place(posted.get("here", "")))

    def _none(self, posted: QueryDict) -> str:
        staging.choose_all(staged=self.staged, chosen=False, by=current_person(self.request))
        return _address(self.staged, _place(posted.get("here", "")))

    def _take(self, posted: QueryDict) -> str:
        if self.staged.status == ImportStatus.READ:
            self._keep_choice(posted)
        staging.take_lines(staged=self.staged, by=current_person(self.request), now=timezone.now())
        return _address(self.staged)

    def _reread(self, posted: QueryDict) -> str:
        again = staging.read_again(
            staged=self.staged,
            format=posted.get("format", ""),
            by=current_person(self.request),
            now=timezone.now(),
        )
        return _address(again)

    def _forget(self, posted: QueryDict) -> str:
        staging.forget_import(staged=self.staged, by=current_person(self.request), now=timezone.now())
        messages.success(self.request, _("The import and its file are erased."))
        return reverse("bank_import")


class ImportReportView(View):
    """The report as a workbook."""

    def get(self, request: HttpRequest, import_id: UUID) -> FileResponse:
        if not can_read_keys(request.user):
            raise Http404
        staged = own_import(request, import_id)
        name = _("Import report") + f" {timezone.localdate(staged.uploaded_at):%Y-%m-%d}.xlsx"
        return download(lambda target: write_report(staged, target), name)


class ImportTemplateView(View):
    """A file as we can read it, one question of each type in it."""

    def get(self, request: HttpRequest, format: str) -> FileResponse:
        if not can_read_keys(request.user) or format not in TEMPLATES:
            raise Http404
        return download(lambda target: target.write(template_of(format)), TEMPLATES[format])


def own_import(request: HttpRequest, import_id: UUID) -> BankImport:
    """The import, if whoever asks brought it; else 404."""
    return get_object_or_404(staging.imports_of(current_person(request)), pk=import_id)


def _numbers(posted: QueryDict, name: str) -> list[int]:
    return [int(each) for each in posted.getlist(name)[: PER_PAGE * 2] if each.isdecimal() and len(each) < 9]


def _place(text: str) -> str:
    """Filter and page out of what a button says; nothing else of it is believed."""
    wanted = QueryDict(text[:100])
    place = QueryDict(mutable=True)
    if wanted.get("fate") in (*LineFate.values, WARNED):
        place["fate"] = wanted["fate"]
    if wanted.get("page", "").isdecimal():
        place["page"] = wanted["page"]
    return place.urlencode()


def _address(staged: BankImport, query: str = "") -> str:
    address = reverse("bank_import_detail", args=[staged.pk])
    return f"{address}?{query}" if query else address
