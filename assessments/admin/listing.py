"""The list of the bank: what is in it, found by what it says and what it is."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from assessments.items import ITEM_TYPES, item_type
from assessments.models import Question, QuestionVersion

STEM_SHOWN = 40


def _type_title(question: Any) -> str:
    return gettext(item_type(question.type).title)


def _stem(question: Any) -> str:
    return Truncator(question.stem or "").chars(STEM_SHOWN)


def _type_choices() -> list[tuple[str, str]]:
    return [(code, gettext(kind.title)) for code, kind in ITEM_TYPES.items()]


def _module_choices() -> list[tuple[str, str]]:
    modules = QuestionVersion.objects.newest().order_by("module").values_list("module", flat=True).distinct()
    return [(module, module) for module in modules]


class BankFilterSet(WagtailFilterSet):
    """By type and by module."""

    type = ChoiceFilter(label=gettext_lazy("Question type"), choices=_type_choices)
    module = ChoiceFilter(label=gettext_lazy("Module"), choices=_module_choices)

    class Meta:
        model = Question
        fields: tuple[str, ...] = ()


class BankIndexView(generic.IndexView):
    """Every question with the beginning of its stem; searched by key and stem, never by what gives it away."""

    def get_base_queryset(self) -> QuerySet[Question]:
        newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
        stem = newest.values(stem=KeyTextTransform("stem", "body"))[:1]
        questions: QuerySet[Question] = Question.objects.with_newest()
        return questions.annotate(stem=Subquery(stem)).order_by("key")

    def search_queryset(self, queryset: QuerySet[Question]) -> QuerySet[Question]:
        if not self.is_searching:
            return queryset
        return queryset.filter(Q(key__icontains=self.search_query) | Q(stem__icontains=self.search_query))


COLUMNS = (
    TitleColumn("key", label=gettext_lazy("Stable key"), url_name="bank:inspect"),
    Column("stem", label=gettext_lazy("What is asked"), accessor=_stem),
    Column("type", label=gettext_lazy("Question type"), accessor=_type_title),
    Column("module", label=gettext_lazy("Module")),
    Column("newest_number", label=gettext_lazy("Number of versions")),
)
