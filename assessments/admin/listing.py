"""The list of the bank: what is in it, found by what it says, what it is and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views import generic

from assessments.admin.actions import ACTIONS, EXPORT
from assessments.bank.finding import FLAGS, about_leaf, flags_of, found, in_category, tagged
from assessments.bank.usage import usage_of
from assessments.items import ITEM_TYPES, item_type
from assessments.models import Question, QuestionStatus, QuestionVersion
from assessments.permissions import can_read_keys
from competencies.framework import leaf_titles
from people.accounts import names_of

STEM_SHOWN = 60
DIFFICULTIES = range(1, 6)
Choices = list[tuple[str, str]]


def _type_choices() -> Choices:
    return [(code, gettext(kind.title)) for code, kind in ITEM_TYPES.items()]


def _module_choices() -> Choices:
    modules = QuestionVersion.objects.newest().order_by("module").values_list("module", flat=True).distinct()
    return [(module, module) for module in modules]


def _category_choices() -> Choices:
    """Every category, and every one above it."""
    filed = Question.objects.exclude(category="").values_list("category", flat=True).distinct()
    paths = {"/".join(path.split("/")[:depth]) for path in filed for depth in range(1, path.count("/") + 2)}
    return [(path, path) for path in sorted(paths)]


def _tag_choices() -> Choices:
    lists = Question.objects.exclude(tags=[]).values_list("tags", flat=True)
    return [(tag, tag) for tag in sorted({tag for tags in lists for tag in tags})]


def _leaf_choices() -> Choices:
    return list(leaf_titles().items())


def _author_choices() -> Choices:
    ids: set[UUID] = set(Question.objects.exclude(author=None).values_list("author", flat=True).distinct())
    names = names_of(ids)
    named = sorted((names.get(each, str(each)), str(each)) for each in ids)
    return [
        ("me", gettext("Me")),
        ("nobody", gettext("Nobody")),
        *((each, name) for name, each in named),
    ]


def _flag_choices() -> Choices:
    return [(code, str(label)) for code, (label, _flag) in FLAGS.items()]


class BankFilterSet(WagtailFilterSet):
    """By status, type, filing, author, and by what calls for somebody's attention."""

    status = ChoiceFilter(label=gettext_lazy("Status"), choices=QuestionStatus.choices)
    flag = ChoiceFilter(label=gettext_lazy("To look at"), choices=_flag_choices, method="flagged")
    type = ChoiceFilter(label=gettext_lazy("Question type"), choices=_type_choices)
    module = ChoiceFilter(label=gettext_lazy("Module"), choices=_module_choices)
    category = ChoiceFilter(label=gettext_lazy("Category"), choices=_category_choices, method="in_category")
    tag = ChoiceFilter(label=gettext_lazy("Tag"), choices=_tag_choices, method="tagged")
    leaf = ChoiceFilter(label=gettext_lazy("Competency"), choices=_leaf_choices, method="about_leaf")
    difficulty = ChoiceFilter(
        label=gettext_lazy("Difficulty"), choices=[(str(each), str(each)) for each in DIFFICULTIES]
    )
    author = ChoiceFilter(label=gettext_lazy("Author"), choices=_author_choices, method="by_author")

    class Meta:
        model = Question
        fields: tuple[str, ...] = ()

    def flagged(self, questions: QuerySet[Question], _name: str, flag: str) -> QuerySet[Question]:
        """Those that call for attention in this way."""
        return FLAGS[flag][1](questions, timezone.now())

    def in_category(self, questions: QuerySet[Question], _name: str, path: str) -> QuerySet[Question]:
        """Those in the category or below."""
        return in_category(questions, path)

    def tagged(self, questions: QuerySet[Question], _name: str, tag: str) -> QuerySet[Question]:
        """Those with the tag."""
        return tagged(questions, tag)

    def about_leaf(self, questions: QuerySet[Question], _name: str, leaf: str) -> QuerySet[Question]:
        """Those that count for the leaf."""
        return about_leaf(questions, leaf)

    def by_author(self, questions: QuerySet[Question], _name: str, author: str) -> QuerySet[Question]:
        """Those somebody answers for, or nobody."""
        if author == "nobody":
            return questions.filter(author=None)
        person: UUID = self.request.user.person_id if author == "me" else UUID(author)
        return questions.filter(author=person)


def listed() -> QuerySet[Question]:
    """The bank with what a list shows of the newest version: type, module, difficulty and stem."""
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    stem = newest.values(stem=KeyTextTransform("stem", "body"))[:1]
    questions: QuerySet[Question] = Question.objects.with_newest()
    return questions.annotate(
        stem=Subquery(stem), difficulty=Subquery(newest.values("difficulty")[:1])
    ).order_by("key")


def matching(request: HttpRequest, asked: QueryDict) -> QuerySet[Question]:
    """The questions that the list shows for these parameters, on all its pages."""
    filters = BankFilterSet(asked, queryset=listed(), request=request)
    questions: QuerySet[Question] = filters.qs if filters.is_valid() else listed()
    return found(questions, asked.get("q", ""))


class BankIndexView(generic.IndexView):
    """Every question with the beginning of its stem; searched by what candidates read, never by what gives it away."""

    results_template_name = "assessments/admin/bank_results.html"
    table_classname = "listing ql-cards"

    def get_base_queryset(self) -> QuerySet[Question]:
        return listed()

    def search_queryset(self, queryset: QuerySet[Question]) -> QuerySet[Question]:
        return found(queryset, self.search_query) if self.is_searching else queryset

    @cached_property
    def columns(self) -> list[Any]:
        """Boxes to tick are for those who can do something with the questions."""
        return [
            each for each in super().columns if not isinstance(each, Pick) or can_read_keys(self.request.user)
        ]

    @property
    def header_buttons(self) -> list[Any]:
        """None: what an author can do stands above the list, where it needs no script and no wide screen."""
        return []

    def get_table(self, object_list: Iterable[Any]) -> Any:
        rows = list(object_list)
        usage, flags = usage_of([row.key for row in rows]), flags_of(rows, now=timezone.now())
        for row in rows:
            row.usage, row.flags = usage[row.key], flags[row.pk]
        return super().get_table(rows)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            *args,
            actions=_offered() if can_read_keys(self.request.user) else (),
            asked=self.request.GET.urlencode(),
            **kwargs,
        )


def _offered() -> Choices:
    return [*((code, str(action.title)) for code, action in ACTIONS.items()), (EXPORT, gettext("Export"))]


class Named(Column):
    """A cell that says its column's name where a narrow screen has no head of the table."""

    cell_template_name = "assessments/admin/named_cell.html"


class Pick(BaseColumn):
    """A box to tick a question, for the form below the table."""

    header_template_name = "assessments/admin/pick_header.html"
    cell_template_name = "assessments/admin/pick_cell.html"


class Status(Column):
    """The status as a chip, and what calls for attention."""

    cell_template_name = "assessments/admin/status_cell.html"


def _type_title(question: Any) -> str:
    return gettext(item_type(question.type).title)


def _stem(question: Any) -> str:
    return Truncator(question.stem or "").chars(STEM_SHOWN)


COLUMNS = (
    Pick("pick", label=""),
    TitleColumn("key", label=gettext_lazy("Stable key"), url_name="bank:inspect", sort_key="key"),
    Column("stem", label=gettext_lazy("What is asked"), accessor=_stem, classname="ql-said"),
    Column("type", label=gettext_lazy("Question type"), accessor=_type_title),
    Status("status", label=gettext_lazy("Status")),
    Named("category", label=gettext_lazy("Category")),
    Named("uses", label=gettext_lazy("Uses"), accessor="usage.uses"),
    Named("shown", label=gettext_lazy("On papers"), accessor="usage.shown"),
)
