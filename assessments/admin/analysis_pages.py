"""One analysis in the editor's admin: how far it is, everything it says, one item of it, and its files."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from assessments.admin.analyses import StatisticsView
from assessments.admin.analysis_charts import curve_chart, item_map, letter_of, score_chart
from assessments.admin.analysis_meanings import column_meanings, void_text
from assessments.admin.analysis_readings import (
    SORTS,
    doubts_of,
    item_readings,
    item_rows,
    part_rows,
    test_readings,
)
from assessments.admin.analysis_sheets import write_csv, write_workbook
from assessments.admin.downloads import download
from assessments.analyses.advancing import UNDER_WAY
from assessments.analyses.wording import interval_text, number_text, reason_text, share_text
from assessments.models import Analysis, AnalysisStatus, ExamVersion, QuestionVersion, Result, Which
from assessments.permissions import can_read_keys
from assessments.presenting import present_item, stored_order
from competencies.framework import leaf_titles


class AnalysisPage(StatisticsView):
    """A page about one analysis."""

    analysis: Analysis

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.analysis = get_object_or_404(Analysis.objects.select_related("exam_version"), pk=kwargs["pk"])

    @property
    def version(self) -> ExamVersion:
        """What was analysed."""
        return self.analysis.exam_version

    @property
    def figures(self) -> dict[str, Any]:
        """What it says. Raises Http404 while there is nothing."""
        if self.analysis.figures is None:
            raise Http404
        found: dict[str, Any] = self.analysis.figures
        return found

    @cached_property
    def shows_keys(self) -> bool:
        """Whether options and what is right among them may be seen."""
        return can_read_keys(self.request.user)

    def get_page_title(self) -> str:
        return str(self.version.title)

    @property
    def exam_step(self) -> tuple[str, str]:
        """The way back to the exam."""
        return _("All statistics of this exam"), reverse("exam_statistics_exam", args=[self.version.pk])


class AnalysisView(AnalysisPage):
    """How far an analysis is; then everything it says."""

    def get_template_names(self) -> list[str]:
        if self.request.htmx:  # type: ignore[attr-defined]
            return ["assessments/admin/statistics_progress_part.html"]
        page = {AnalysisStatus.DONE: "analysis", AnalysisStatus.FAILED: "failed"}
        return [
            f"assessments/admin/statistics_{page.get(AnalysisStatus(self.analysis.status), 'progress')}.html"
        ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs(self.exam_step)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and self.analysis.status not in UNDER_WAY:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            analysis=self.analysis,
            version=self.version,
            choices=Which.choices,
            which=self.analysis.which,
            **kwargs,
        )
        if self.analysis.status == AnalysisStatus.DONE:
            context |= self._figures()
        return context

    def _figures(self) -> dict[str, Any]:
        figures, sort = self.figures, self.request.GET.get("sort", "number")
        falls = self.request.GET.get("falls") == "1"
        rows = item_rows(figures["items"], sort=sort, falls=falls)
        sections = self.version.document.get("sections", ())
        return {
            "is_outdated": _newer_results(self.analysis),
            "readings": test_readings(figures),
            "doubts": doubts_of(figures["items"]),
            "rows": rows,
            "by_number": item_rows(figures["items"]),
            "heads": _heads(sort, falls),
            "map": item_map(figures["items"]),
            "scores": score_chart(figures["histogram"]),
            "histogram": figures["histogram"],
            "sections": part_rows(
                figures["sections"],
                {str(place): each["title"] for place, each in enumerate(sections, start=1)},
            ),
            "leaves": part_rows(figures["leaves"], leaf_titles()),
            "void": figures["void"],
            "full": [each["number"] for each in figures["items"] if void_text(each)],
            "meanings": column_meanings(),
        }


class AnalysisItemView(AnalysisPage):
    """One item: its figures; for authors what it asks, what was chosen and by whom."""

    template_name = "assessments/admin/statistics_item.html"
    item: dict[str, Any]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = [each for each in self.figures["items"] if each["number"] == kwargs["number"]]
        if not found:
            raise Http404
        self.item = found[0]

    def get_page_title(self) -> str:
        return _("Question %(number)s") % {"number": self.item["number"]}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        whole = reverse("exam_analysis", args=[self.analysis.pk])
        return self.crumbs((self.version.title, whole))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item, numbers = self.item, [each["number"] for each in self.figures["items"]]
        place = numbers.index(item["number"])
        asked = QuestionVersion.objects.without_key().select_related("question")
        version = asked.get(question=item["question_id"], number=item["version"])
        choices = item["choices"] if self.shows_keys else None
        return super().get_context_data(
            analysis=self.analysis,
            item=item,
            asked=present_item(version, order=stored_order(version), disabled=True),
            status=version.question.get_status_display(),
            void=void_text(item),
            readings=item_readings(item),
            said=[reason_text(each) for each in item["suspicions"]],
            contrast={name: share_text(value) for name, value in item["contrast"].items()},
            shows_keys=self.shows_keys,
            choices=choices,
            options=[_option_row(each) for each in choices["options"]] if choices else (),
            curves=curve_chart(choices) if choices and choices["n"] else None,
            before=numbers[place - 1] if place else None,
            after=numbers[place + 1] if place + 1 < len(numbers) else None,
            **kwargs,
        )


class AnalysisFileView(AnalysisPage):
    """An analysis to be kept or computed on: .csv or .xlsx."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:  # type: ignore[override]
        figures, format = self.figures, kwargs["format"]
        if format not in ("csv", "xlsx"):
            raise Http404
        name = f"{_('Exam statistics')} {self.version.title}.{format}"
        if format == "csv":
            return download(lambda target: write_csv(figures, target), name)
        sections = self.version.document.get("sections", ())
        titles = {str(place): each["title"] for place, each in enumerate(sections, start=1)} | leaf_titles()
        return download(
            lambda target: write_workbook(figures, titles, target, with_keys=self.shows_keys), name
        )


def _newer_results(analysis: Analysis) -> bool:
    """Whether a result was recorded since the papers were collected."""
    newer = Result.objects.filter(
        attempt__exam_version=OuterRef("exam_version"), complete=True, recorded_at__gt=OuterRef("finished_at")
    )
    return Analysis.objects.filter(Exists(newer), pk=analysis.pk).exists()


def _option_row(option: dict[str, Any]) -> dict[str, Any]:
    return {
        "letter": letter_of(option["place"]),
        "text": option["text"],
        "is_key": option["is_key"],
        "n": option["n"],
        "share": share_text(option["share"]),
        "point_biserial": number_text(option["point_biserial"]),
        "interval": interval_text(option["interval"]),
        "upper": share_text(option["upper"]),
        "lower": share_text(option["lower"]),
    }


def _heads(sort: str, falls: bool) -> list[dict[str, Any]]:
    """The heads of the table of items: pressed again, one sorts the other way round."""
    titles = {
        "number": _("No."),
        "n": _("Candidates"),
        "facility": _("Facility"),
        "discrimination": _("Discrimination index"),
        "efficiency": _("Discriminative efficiency"),
        "sd": _("Standard deviation"),
        "intended": _("Intended weight"),
        "effective": _("Effective weight"),
        "guess": _("Random guess score"),
    }
    sort = sort if sort in SORTS else "number"
    return [
        {
            "title": title,
            "state": ("descending" if falls else "ascending") if name == sort else "",
            "query": f"?sort={name}" + ("&falls=1" if name == sort and not falls else ""),
        }
        for name, title in titles.items()
    ]
