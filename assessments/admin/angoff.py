"""Angoff 定分 in the editor's admin: which exams can be judged, a judge's worksheet, and the cut score proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from openpyxl import Workbook
from openpyxl.styles import Font
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from assessments.admin.downloads import download
from assessments.analyses.angoff import JUDGES, Panel, rate_items, read_panel, wrong_percent
from assessments.analyses.selecting import analysable, may_be_analysed
from assessments.analyses.wording import interval_text, number_text
from assessments.items import item_type
from assessments.models import ExamItem, ExamVersion
from assessments.permissions import can_read_bank
from core.errors import Refusal
from core.workbooks import text_cell
from people.accounts import current_person
from people.roles import has_role

PREFIX = "item-"
LONGEST_NUMBER = 3  # digits; 100 is the most there is


@dataclass(frozen=True)
class SheetRow:
    """One item on the worksheet: what is asked, and what was said of it. `spread` is that of the first round."""

    number: int
    stem: str
    type: str
    points: str
    options: tuple[str, ...]
    value: str
    first: str = ""
    spread: str = ""
    is_wrong: bool = False

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.number}"


class AngoffsView(WagtailAdminTemplateMixin, TemplateView):
    """For judges, and for whoever may look at the bank; as if it did not exist for everybody else."""

    header_icon = "list-ol"
    may_judge: bool

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (self.may_judge or can_read_bank(request.user)):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        person = request.user.person if request.user.is_authenticated else None
        self.may_judge = person is not None and has_role(person, *JUDGES, on=timezone.localdate())

    def crumbs(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        """Home, then these: title and address; this page."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            *({"url": url, "label": label} for label, url in steps),
            {"label": str(self.get_page_title())},
        ]


class AngoffIndexView(AngoffsView):
    """The releases that candidates start on."""

    template_name = "assessments/admin/angoff_index.html"
    page_title = gettext_lazy("Angoff")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        judged = analysable().newest().annotate(judges=Count("items__angoff_ratings__judge", distinct=True))
        return super().get_context_data(versions=judged.order_by("title", "key"), **kwargs)


class OneExamView(AngoffsView):
    """A page about one release; practice papers have no line to pass that matters."""

    version: ExamVersion

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.version = get_object_or_404(ExamVersion.objects.held(), pk=kwargs["pk"])
        if not may_be_analysed(self.version):
            raise Http404

    def rows(self, panel: Panel, round: int, typed: dict[int, str] | None = None) -> list[SheetRow]:
        """The worksheet of whoever asks, keys left in the database. One query."""
        judge = current_person(self.request).pk
        first, now_ = panel.own(judge, 1), panel.own(judge, round)
        spread = panel.spread() if round > 1 else {}
        rows = []
        for item in _items(self.version):
            number, body = item.number, item.question_version.body
            value = typed.get(number, "") if typed is not None else str(now_.get(number, ""))
            low, high, mean = spread.get(number, (0, 0, 0.0))
            rows.append(
                SheetRow(
                    number=number,
                    stem=body["stem"],
                    type=_(item_type(item.question_version.type).title),
                    points=number_text(float(item.points)),
                    options=tuple(each["text"] for each in body.get("options", ())),
                    value=value,
                    first=str(first.get(number, "")),
                    spread=_("%(low)s–%(high)s, mean %(mean)s")
                    % {"low": low, "high": high, "mean": number_text(mean, 1)}
                    if number in spread
                    else "",
                    is_wrong=bool(value) and _percent(value) is None,
                )
            )
        return rows


class AngoffView(OneExamView):
    """A judge's worksheet; beside it what came of all of them, once it cannot sway this judge's first round."""

    template_name = "assessments/admin/angoff.html"

    def get_page_title(self) -> str:
        return _("Angoff: %(exam)s") % {"exam": self.version.title}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((_("Angoff"), reverse("exam_angoffs")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        panel, judge = read_panel(self.version), current_person(self.request).pk
        round, rates = panel.round_of(judge), self.may_judge
        sees = round > 1 or not rates or ("result" in self.request.GET and not panel.own(judge, 1))
        if rates and (round > 1 or not sees):
            kwargs.setdefault("rows", self.rows(panel, round))
        return super().get_context_data(
            version=self.version,
            round=round,
            has_finished=panel.has_finished(judge),
            finished=panel.finished,
            rates=rates,
            result=_result(panel, judge) if sees and panel.judges else None,
            sees=sees,
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_judge:
            raise Http404
        typed = {
            int(name.removeprefix(PREFIX)): str(text).strip()
            for name, text in request.POST.items()
            if name.startswith(PREFIX) and name.removeprefix(PREFIX).isdecimal() and len(name) < 12
        }
        said = {number: _percent(text) for number, text in typed.items() if text}
        posted = request.POST.get("round", "")
        round = int(posted) if posted in ("1", "2") else 0
        try:
            if wrong := [number for number, percent in said.items() if percent is None]:
                raise wrong_percent(wrong)
            percents = {number: percent for number, percent in said.items() if percent is not None}
            rate_items(
                exam_version=self.version,
                round=round,
                percents=percents,
                by=current_person(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.code != "percent":
                messages.error(request, str(refusal))
                return redirect("exam_angoff", pk)
            rows = self.rows(read_panel(self.version), round or 1, typed)
            context = self.get_context_data(rows=rows, refusal=str(refusal))
            return self.render_to_response(context, status=422)
        messages.success(request, _("Your ratings are stored."))
        return redirect("exam_angoff", pk)


class WorksheetView(OneExamView):
    """The worksheet as a workbook, for judges who read on paper."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:  # type: ignore[override]
        if not self.may_judge:
            raise Http404
        panel = read_panel(self.version)
        rows = self.rows(panel, panel.round_of(current_person(request).pk))
        name = f"{_('Angoff')} {self.version.title}.xlsx"
        return download(lambda target: _write(rows, target), name)


def _items(version: ExamVersion) -> QuerySet[ExamItem]:
    items = version.items.select_related("question_version").order_by("number")
    return items.defer("question_version__answer", "question_version__explanation")


def _percent(text: str) -> int | None:
    """What was typed, “60%” as 60; None where it is no whole number from 0 to 100."""
    text = text.removesuffix("%").removesuffix("％").rstrip()
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        return None
    return int(text) if int(text) <= 100 else None


def _result(panel: Panel, judge: Any) -> dict[str, Any]:
    """The cut score as the page tells it; judges are numbered, not named."""
    cut = panel.cut()
    judges = [
        {
            "number": place,
            "is_own": who == judge,
            "rated": each.rated,
            "percent": number_text(each.percent, 1),
            "distance": number_text(each.distance, 1),
            "far_off": each.far_off,
        }
        for place, (who, each) in enumerate(zip(panel.judges, cut.by_judge, strict=True), start=1)
    ]
    interval = None if cut.interval is None else {"low": cut.interval.low, "high": cut.interval.high}
    return {
        "percent": number_text(cut.percent, 1),
        "interval": interval_text(interval, places=1, unit="%"),
        "sd": number_text(cut.sd, 1),
        "judges": judges,
    }


def _write(rows: Sequence[SheetRow], target: BinaryIO) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Angoff"))
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFG", (8, 60, 12, 8, 14, 22, 14), strict=True):
        sheet.column_dimensions[column].width = width
    head = (
        _("No."),
        _("What is asked"),
        _("Question type"),
        _("Points"),
        _("First round, %"),
        _("Spread of the first round"),
        _("Second round, %"),
    )
    sheet.append([text_cell(sheet, each, Font(bold=True)) for each in head])
    for row in rows:
        asked = "\n".join([row.stem, *row.options])
        cells = (str(row.number), asked, row.type, row.points, row.first, row.spread, "")
        sheet.append([text_cell(sheet, each) for each in cells])
    book.save(target)
