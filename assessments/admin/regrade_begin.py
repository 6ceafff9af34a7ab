"""The beginning of a regrade: which release, what is changed in it, and why; then the dry run starts by itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.admin.regrade_choices import ChangesForm, choices_of, initial_of
from assessments.admin.regrades import RegradesView, check_reader, regrade_or_404, release_title
from assessments.models import (
    REHEARSAL,
    Answer,
    AttemptStatus,
    ExamItem,
    ExamVersion,
    Question,
    Regrade,
)
from assessments.permissions import can_read_keys
from assessments.regrading.drafting import change_regrade, draft_regrade, try_regrade
from core.errors import Refusal
from people.accounts import current_person

MOST_NUMBERS = 50


class BeginView(RegradesView):
    """The releases that people sat, the newest first."""

    template_name = "assessments/admin/regrade_begin.html"
    page_title = gettext_lazy("New regrade: which exam?")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            releases=sat_releases(), may_draft=can_read_keys(self.request.user), **kwargs
        )


def sat_releases() -> QuerySet[Any]:
    """The releases of which a paper was handed in, each with `paper_count`."""
    handed_in = Count("attempts", filter=~Q(attempts__status=AttemptStatus.OPEN))
    held = ExamVersion.objects.held().defer("document").annotate(paper_count=handed_in)
    return held.filter(paper_count__gt=0).order_by("title", "-number")


class QuestionView(RegradesView):
    """The releases that asked one question and were sat: where the question's own page leads."""

    template_name = "assessments/admin/regrade_question.html"
    page_title = gettext_lazy("Regrade exams that asked this question")

    @cached_property
    def question(self) -> Question:
        return get_object_or_404(Question, pk=self.kwargs["question_id"])

    def get_page_subtitle(self) -> str:
        return str(self.question.key)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        papers = Answer.objects.filter(item=OuterRef("pk")).exclude(attempt__status=AttemptStatus.OPEN)
        counted = papers.order_by().values("item").annotate(count=Count("pk")).values("count")
        items = ExamItem.objects.filter(question_version__question=self.question)
        return super().get_context_data(
            question=self.question,
            items=items.exclude(exam_version__key=REHEARSAL)
            .select_related("exam_version", "question_version")
            .defer("exam_version__document")
            .annotate(paper_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
            .filter(paper_count__gt=0)
            .order_by("exam_version__title", "-exam_version__number", "number"),
            may_draft=can_read_keys(self.request.user),
            **kwargs,
        )


class ChangesView(RegradesView):
    """What is changed in a release; posted, it makes the regrade and starts its dry run. For authors."""

    template_name = "assessments/admin/regrade_changes.html"
    page_title = gettext_lazy("What is corrected?")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_reader(request)
        if not can_read_keys(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def version(self) -> ExamVersion:
        return get_object_or_404(ExamVersion.objects.held(), pk=self.kwargs["version_id"])

    @property
    def numbers(self) -> list[int]:
        """The questions asked for by ?item=; none means all."""
        asked = self.request.GET.getlist("item")[:MOST_NUMBERS]
        return [int(each) for each in asked if each.isdecimal() and len(each) < 6]

    def get_page_subtitle(self) -> str:
        return release_title(self.version)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((_("Which exam?"), reverse("regrades:begin")))

    def form(self, data: Any = None) -> ChangesForm:
        """The form, empty to begin with."""
        return ChangesForm(data, items=choices_of(self.version, numbers=self.numbers))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form()
        return super().get_context_data(version=self.version, form=form, narrowed=self.numbers, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                return redirect("regrades:regrade", self.store(form).pk)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def store(self, form: ChangesForm) -> Regrade:
        """Draft it and start the dry run. Raises Refusal."""
        by, now = current_person(self.request), timezone.now()
        regrade = draft_regrade(
            exam_version=self.version,
            changes=form.changes(),
            reason=form.cleaned_data["reason"],
            by=by,
            now=now,
        )
        return try_regrade(regrade=regrade, by=by, now=now)


class ChangeAgainView(ChangesView):
    """The same for a regrade that was not proposed yet: what was tried is forgotten and tried anew."""

    page_title = gettext_lazy("Correct it differently")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_reader(request)
        if self.regrade.proposed_by_id != current_person(request).pk:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def regrade(self) -> Regrade:
        return regrade_or_404(self.kwargs["pk"])

    @cached_property
    def version(self) -> ExamVersion:
        return self.regrade.exam_version

    @property
    def numbers(self) -> list[int]:
        """All of them: nothing that was chosen may be out of sight."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        home = reverse("regrades:regrade", args=[self.regrade.pk])
        return self.crumbs((release_title(self.version), home))

    def form(self, data: Any = None) -> ChangesForm:
        initial = {**initial_of(self.regrade.changes), "reason": self.regrade.reason}
        return ChangesForm(data, items=choices_of(self.version), initial=initial)

    def store(self, form: ChangesForm) -> Regrade:
        by, now = current_person(self.request), timezone.now()
        regrade = change_regrade(
            regrade=self.regrade,
            changes=form.changes(),
            reason=form.cleaned_data["reason"],
            by=by,
            now=now,
        )
        return try_regrade(regrade=regrade, by=by, now=now)
