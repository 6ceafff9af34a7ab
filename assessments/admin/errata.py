"""报错 in the editor's admin: who may look, and the authors' queue."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic

from assessments.admin.answering import AnswerView
from assessments.bank.errata import in_queue_order, with_questions
from assessments.models import Erratum, ErratumKind, ErratumStatus, Question
from core.viewsets import LookingViewSet

SHOWN = 30


def _reported_questions() -> list[tuple[str, str]]:
    keys = Question.objects.filter(versions__errata__isnull=False).order_by("key").distinct()
    return [(key, key) for key in keys.values_list("key", flat=True)]


class ErrataFilterSet(WagtailFilterSet):
    """By question, by kind and by what became of it."""

    question = ChoiceFilter(
        label=gettext_lazy("Question"),
        field_name="question_version__question__key",
        choices=_reported_questions,
    )
    kind = ChoiceFilter(label=gettext_lazy("Kind of problem"), choices=ErratumKind.choices)
    status = ChoiceFilter(label=gettext_lazy("State"), choices=ErratumStatus.choices)

    class Meta:
        model = Erratum
        fields: tuple[str, ...] = ()


class ErrataIndexView(generic.IndexView):
    """Every report; the reporter is nobody here."""

    page_title = gettext_lazy("Reports on questions")

    def get_base_queryset(self) -> QuerySet[Erratum]:
        return in_queue_order(with_questions())

    def order_queryset(self, queryset: QuerySet[Erratum]) -> QuerySet[Erratum]:
        """As the base queryset has it: what waits longest stands first."""
        return queryset


def _stem(erratum: Erratum) -> str:
    return Truncator(erratum.question_version.body["stem"]).chars(SHOWN, truncate="…")


def _text(erratum: Erratum) -> str:
    return Truncator(erratum.text).chars(SHOWN, truncate="…")


class ErrataViewSet(LookingViewSet):
    """Looking and answering; reports come in from the learners' pages."""

    model = Erratum
    name = "errata"
    icon = "comment"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = ErrataIndexView
    form_fields: tuple[str, ...] = ()
    filterset_class = ErrataFilterSet
    search_fields: tuple[str, ...] = ()
    list_per_page = 50
    list_display = (
        TitleColumn(
            "question",
            label=gettext_lazy("Question"),
            accessor="question_version.question.key",
            url_name="errata:answer",
            width="16%",
        ),
        Column("stem", label=gettext_lazy("What is asked"), accessor=_stem),
        Column("kind", label=gettext_lazy("Kind of problem"), accessor="get_kind_display", width="11%"),
        Column("text", label=gettext_lazy("In the learner's words"), accessor=_text),
        Column("status", label=gettext_lazy("State"), accessor="get_status_display", width="11%"),
        DateColumn("reported_at", label=gettext_lazy("Reported"), width="13%"),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<uuid:pk>/", AnswerView.as_view(), name="answer"),
        ]
