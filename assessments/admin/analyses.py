"""考试分析 in the editor's admin: which exams have been sat, and asking for their statistics.

For authors and administrators, as the bank is; options and what is right among them are shown to authors alone.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from assessments.analyses.asking import ask_analysis
from assessments.analyses.selecting import analysable, may_be_analysed, usual_which
from assessments.models import Analysis, AnalysisStatus, AttemptStatus, ExamVersion, Result, Which
from assessments.permissions import can_read_bank
from core.errors import Refusal
from people.accounts import current_person

PER_PAGE = 50


class StatisticsView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the section; as if it did not exist for whoever may not look at the bank."""

    header_icon = "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_read_bank(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def crumbs(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        """Home, the list, then these: title and address; this page."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("exam_statistics"), "label": _("Exam statistics")},
            *({"url": url, "label": label} for label, url in steps),
            {"label": str(self.get_page_title())},
        ]


class StatisticsIndexView(StatisticsView):
    """Releases that somebody has a complete result of, the newest result first."""

    template_name = "assessments/admin/statistics_index.html"
    page_title = gettext_lazy("Exam statistics")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.crumbs()[:1], {"label": _("Exam statistics")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(sat_exams(), PER_PAGE).get_page(self.request.GET.get("page"))
        newest: dict[int, Analysis] = {}
        done = Analysis.objects.filter(
            exam_version__in=[each.pk for each in page], status=AnalysisStatus.DONE
        )
        for analysis in done.defer("figures").order_by("finished_at"):
            newest[analysis.exam_version_id] = analysis
        rows = [(version, newest.get(version.pk)) for version in page]
        return super().get_context_data(rows=rows, page=page, **kwargs)


class ExamPage(StatisticsView):
    """A page about one release that has statistics; any other does not exist here."""

    version: ExamVersion

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.version = get_object_or_404(ExamVersion.objects.held(), pk=kwargs["pk"])
        if not may_be_analysed(self.version):
            raise Http404

    def get_page_title(self) -> str:
        return str(self.version.title)


class ExamStatisticsView(ExamPage):
    """One release: ask for statistics, and find those there are."""

    template_name = "assessments/admin/statistics_exam.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        analyses = Analysis.objects.filter(exam_version=self.version).defer("figures").order_by("-asked_at")
        results = _complete_results().filter(attempt__exam_version=self.version)
        return super().get_context_data(
            version=self.version,
            counts=results.aggregate(
                papers=Count("attempt", distinct=True), people=Count("attempt__person", distinct=True)
            ),
            choices=Which.choices,
            which=usual_which(self.version),
            analyses=analyses,
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        which = request.POST.get("which", "")
        if which not in Which:
            raise Http404
        try:
            analysis = ask_analysis(
                exam_version=self.version,
                which=Which(which),
                by=current_person(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("exam_statistics_exam", pk)
        return redirect("exam_analysis", analysis.pk)


def sat_exams() -> QuerySet[Any]:
    """Releases with complete results, each with `papers` and `newest_at`; practice papers have no statistics."""
    complete = Q(attempts__results__complete=True) & ~Q(attempts__status=AttemptStatus.OPEN)
    return (
        analysable()
        .annotate(
            papers=Count("attempts", filter=complete, distinct=True),
            newest_at=Max("attempts__results__recorded_at", filter=complete),
        )
        .filter(papers__gt=0)
        .order_by("-newest_at", "key", "-number")
    )


def _complete_results() -> QuerySet[Result]:
    return Result.objects.filter(complete=True).exclude(attempt__status=AttemptStatus.OPEN)
