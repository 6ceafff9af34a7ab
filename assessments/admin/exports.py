"""题库 · 导出: questions of the bank, keys and all, in a file of another program; its losses are told before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.admin.authors import AuthorsView
from assessments.admin.downloads import download, scratch
from assessments.admin.import_forms import FormatForm
from assessments.admin.listing import BankFilterSet, matching
from assessments.formats import FORMATS
from assessments.models import Question, QuestionVersion
from assessments.models.bank import QuestionVersionQuerySet
from assessments.transfer.exporting import ExportReport, export_questions, write_questions
from core.errors import Refusal
from people.accounts import current_person

MOST_TOLD = 100


class ExportView(AuthorsView):
    """`?keys=` names questions (several, or with commas between); else the filters of the list say which."""

    template_name = "assessments/admin/export.html"
    page_title = gettext_lazy("Export questions")
    header_icon = "download"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = FormatForm(self.request.GET if "format" in self.request.GET else None)
        versions = self._versions()
        report = self._look(form, versions)
        return super().get_context_data(
            count=versions.count(),
            form=form,
            chosen_title=_(FORMATS[form.cleaned_data["format"]].title) if report else "",
            kept=[(name, each) for name, each in self._asked() if name != "format"],
            filters=BankFilterSet(self.request.GET, queryset=Question.objects.none(), request=self.request),
            by_keys=bool(self._keys()),
            report=report,
            told=[*report.skipped, *report.warnings][:MOST_TOLD] if report else [],
            untold=max(0, len(report.skipped) + len(report.warnings) - MOST_TOLD) if report else 0,
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        format = request.GET.get("format", "")
        suffix = FORMATS[format].suffixes[0] if format in FORMATS else ""
        name = _("Question bank") + f" {timezone.localdate():%Y-%m-%d}{suffix}"
        try:
            return download(
                lambda target: export_questions(
                    versions=self._versions(),
                    format=format,
                    target=target,
                    by=current_person(request),
                    now=timezone.now(),
                ),
                name,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())

    def _look(self, form: FormatForm, versions: QuestionVersionQuerySet) -> ExportReport | None:
        """What the file would not carry: it is written and thrown away."""
        if not form.is_bound or not form.is_valid():
            return None
        try:
            with scratch() as target:
                return write_questions(versions=versions, format=form.cleaned_data["format"], target=target)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return None

    def _versions(self) -> QuestionVersionQuerySet:
        newest: QuestionVersionQuerySet = QuestionVersion.objects.newest()
        return newest.filter(question__in=self._questions().values("pk"))

    def _questions(self) -> QuerySet[Question]:
        keys = self._keys()
        if keys:
            return Question.objects.filter(key__in=keys)
        return matching(self.request, self.request.GET).order_by()

    def _keys(self) -> list[str]:
        return [key for text in self.request.GET.getlist("keys") for key in text.split(",") if key]

    def _asked(self) -> list[tuple[str, str]]:
        return [(name, each) for name, values in self.request.GET.lists() for each in values]
