"""What every question says beside its type's own fields, and where it is filed, as a form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.bank.cataloguing import Filing
from assessments.items.checking import as_text
from assessments.models import Question, QuestionVersion
from competencies.framework import leaf_titles
from library.models import PolicyClause
from people.accounts import names_of
from people.models import Person, Role, RoleAssignment


class CatalogueForm(forms.Form):
    """What every question says beside its type's own fields, and where it is filed."""

    explanation = forms.CharField(
        label=_("Explanation"),
        help_text=_("Shown with the result: why it is so, and where it stands."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    module = forms.CharField(label=_("Module"), max_length=80)
    points = forms.DecimalField(
        label=_("Suggested points"), max_digits=6, decimal_places=2, min_value=Decimal("0.01")
    )
    difficulty = forms.IntegerField(label=_("Difficulty, 1 to 5"), min_value=1, max_value=5)
    minutes = forms.IntegerField(label=_("Suggested minutes"), min_value=1, max_value=600)
    as_of = forms.CharField(
        label=_("Basis and its date"),
        help_text=_("As of when this is so: the rule and its year."),
        max_length=120,
        required=False,
    )
    source = forms.CharField(label=_("Where it comes from"), max_length=200, required=False)
    category = forms.CharField(
        label=_("category"), help_text=_("A path with slashes: base/visits."), max_length=200, required=False
    )
    tags = forms.CharField(
        label=_("tags"),
        help_text=_("Each on its own line."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    review_on = forms.DateField(
        label=_("review by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    author = forms.ChoiceField(
        label=_("Author"),
        help_text=_("Answers for the question and for what is reported about it."),
        required=False,
    )
    clauses = forms.MultipleChoiceField(
        label=_("clauses it rests on"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, is_new: bool, author: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        if is_new:
            self.fields["key"] = forms.SlugField(
                label=_("stable key"),
                help_text=_(
                    "Letters, digits and hyphens; exams and lessons call the question by it for ever."
                ),
                max_length=64,
                error_messages={
                    "invalid": _("Only letters, digits, hyphens and underscores, without spaces.")
                },
            )
        for leaf, title in leaf_titles().items():
            self.fields[f"leaf_{leaf}"] = forms.DecimalField(
                label=title, min_value=0, max_digits=6, decimal_places=4, required=False
            )
        self._choice("author").choices = [("", "—"), *_authors(author)]
        self._choice("clauses").choices = [
            (clause.key, f"{clause} {clause.citation}")
            for clause in PolicyClause.objects.order_by("level", "title", "key")
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.leaves() and not any(name.startswith("leaf_") for name in self.errors):
            first = next(iter(leaf_titles()))
            self.add_error(f"leaf_{first}", _("Name at least one leaf competency and its weight."))
        return data

    def leaves(self) -> dict[str, str]:
        """The weights above 0."""
        given = {leaf: self.cleaned_data.get(f"leaf_{leaf}") for leaf in leaf_titles()}
        return {leaf: as_text(weight) for leaf, weight in given.items() if weight}

    def leaf_fields(self) -> list[forms.BoundField]:
        return [self[f"leaf_{leaf}"] for leaf in leaf_titles()]

    def said(self) -> dict[str, Any]:
        """The fields of an item (see `bank.store_question`) that stand here."""
        data = self.cleaned_data
        plain = ("module", "difficulty", "minutes", "as_of", "source")
        return {
            **{name: data[name] for name in plain},
            "explanation": data["explanation"].replace("\r\n", "\n"),
            "points": as_text(data["points"]),
            "leaves": self.leaves(),
        }

    def filing(self) -> Filing:
        data = self.cleaned_data
        return Filing(
            category=data["category"],
            tags=tuple(data["tags"].splitlines()),
            author=Person(pk=data["author"]) if data["author"] else None,
            review_on=data["review_on"],
            clauses=tuple(data["clauses"]),
        )

    def _choice(self, name: str) -> Any:
        return self.fields[name]


def _authors(current: Person | None) -> list[tuple[str, str]]:
    """Who may answer for a question: authors, and whoever does so now. Two queries."""
    held = RoleAssignment.objects.active(on=timezone.localdate()).filter(role=Role.AUTHOR)
    people = set(held.values_list("person_id", flat=True)) | ({current.pk} if current else set())
    names = sorted(names_of(people).items(), key=lambda each: each[1])
    return [(str(person), name) for person, name in names]


def initial_of(question: Question, version: QuestionVersion, filing: Filing) -> dict[str, Any]:
    """What `CatalogueForm` says of a question."""
    return {
        "explanation": version.explanation,
        "module": version.module,
        "points": as_text(version.points),
        "difficulty": version.difficulty,
        "minutes": version.minutes,
        "as_of": version.as_of,
        "source": version.source,
        "category": filing.category,
        "tags": "\n".join(filing.tags),
        "review_on": filing.review_on,
        "author": str(filing.author.pk) if filing.author else "",
        "clauses": list(filing.clauses),
        **{f"leaf_{leaf}": weight for leaf, weight in version.leaves.items()},
    }
