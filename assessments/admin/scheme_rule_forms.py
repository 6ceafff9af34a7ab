"""The form of one rule of a scheme, of whatever kind. It keeps a mistake and names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.admin.scheme_forms import number_of
from assessments.deciding.rules import GROUPS
from assessments.deciding.validating import LONGEST_MONTHS
from assessments.items.checking import as_decimal
from assessments.plain_forms import PlainForm
from assessments.schemes.problems import FieldProblem
from competencies.framework import View
from competencies.models import Subject

AXIS = "axis_"
GROUP = "group"
MOST_MINUTES = 100_000


@dataclass(frozen=True)
class Kind:
    """What may be added: what it is called, the rule it makes, and which subjects it may be about ("" for none)."""

    title: str | Promise
    rule: Mapping[str, str]
    subjects: str = ""
    needs_subject: bool = True


KINDS: dict[str, Kind] = {
    "exam": Kind(gettext_lazy("Exam"), {"kind": "exam"}, "exam"),
    "scenario": Kind(gettext_lazy("Simulation"), {"kind": "scenario"}, "scenario"),
    "course": Kind(gettext_lazy("Course"), {"kind": "course"}, "course"),
    "endorsement": Kind(
        gettext_lazy("Mentor's endorsement"), {"kind": "endorsement"}, "pairing", needs_subject=False
    ),
    "practice": Kind(gettext_lazy("Hours of practice"), {"kind": "practice"}),
    "scheme": Kind(
        gettext_lazy("Another certificate of ours"),
        {"kind": "certificate", "subject_kind": "scheme"},
        "scheme",
    ),
    "certificate": Kind(gettext_lazy("Recognised prior certificate"), {"kind": "certificate"}, "certificate"),
    GROUP: Kind(gettext_lazy("Group of rules"), {}),
}
HOW = (
    ("all", gettext_lazy("everything in it is met")),
    ("any", gettext_lazy("one thing in it is met")),
    ("at_least", gettext_lazy("at least so many things in it are met")),
)


def kind_of(rule: Mapping[str, Any]) -> str:
    """Under which kind an author knows a rule; one of no kind at all may still become a group, or be taken out."""
    kind = str(rule.get("kind"))
    if kind in GROUPS:
        return GROUP
    if kind == "certificate" and rule.get("subject_kind") == "scheme":
        return "scheme"
    return kind if kind in KINDS else GROUP


class RuleForm(PlainForm):
    """One rule: the fields its kind has. `axes` are those of the scheme's view."""

    def __init__(
        self, *args: Any, kind: str, view: View | None, rule: Mapping[str, Any], **kwargs: Any
    ) -> None:
        self.kind, self.rule, self.view = KINDS[kind], rule, view
        super().__init__(*args, initial=initial_of(rule), **kwargs)
        made = _group_fields() if kind == GROUP else self._leaf_fields(kind)
        self.fields.update(made)
        self.fields["title"] = forms.CharField(
            label=pgettext_lazy("rule", "What learners read"),
            help_text=gettext_lazy("Empty: a title is made from the rest."),
            max_length=200,
            required=False,
        )
        self.speak(*self.fields)

    def _leaf_fields(self, kind: str) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {}
        if self.kind.subjects:
            fields["subject"] = self._subjects()
        if kind == "practice":
            fields["hours"] = forms.DecimalField(
                label=gettext_lazy("Hours of practice"), min_value=1, max_value=10_000, decimal_places=1
            )
        if kind in ("exam", "scenario"):
            fields |= self._score_fields()
        fields |= _common_fields()
        if kind == "practice":
            fields["minutes"].initial = None  # so many hours take more than any usual half hour
        return fields

    def _subjects(self) -> forms.ChoiceField:
        rows = Subject.objects.filter(kind=self.kind.subjects).order_by("title", "key")
        choices = list(rows.values_list("key", "title"))
        present = self.rule.get("subject")
        if present and present not in dict(choices):
            choices.append((present, _("%(key)s (not there any more)") % {"key": present}))
        empty = _("choose one") if self.kind.needs_subject else _("any of them")
        return forms.ChoiceField(
            label=str(self.kind.title),
            choices=[("", f"— {empty} —"), *choices],
            required=self.kind.needs_subject,
        )

    def _score_fields(self) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {
            "mark": forms.DecimalField(
                label=gettext_lazy("At least (percent of the points)"),
                min_value=0,
                max_value=100,
                decimal_places=2,
            ),
            "must_pass": forms.BooleanField(
                label=gettext_lazy("The exam or simulation itself must have been passed too"), required=False
            ),
        }
        for axis in self.view.axes if self.view else ():
            fields[f"{AXIS}{axis.key}"] = forms.DecimalField(
                label=_("%(axis)s at least (%%)") % {"axis": axis.title},
                help_text=gettext_lazy("Empty: not asked for."),
                min_value=1,
                max_value=100,
                decimal_places=2,
                required=False,
            )
        return fields

    def said(self) -> dict[str, Any]:
        """The rule's own fields, without id and what it holds."""
        data = self.cleaned_data
        if "how" in data:
            n = {"n": data["n"]} if data["how"] == "at_least" else {}
            return {"kind": data["how"], "title": data["title"], **n}
        said: dict[str, Any] = {**self._unasked(), **self.kind.rule, "title": data["title"]}
        for name in ("subject", "mark", "hours", "must_pass", "max_age_months", "minutes"):
            value = data.get(name)
            if value not in (None, "", False):
                said[name] = number_of(value) if isinstance(value, Decimal) else value
        if "mark" in data:
            said["mark"] = number_of(data["mark"])
        axes = {
            name.removeprefix(AXIS): number_of(value)
            for name, value in data.items()
            if name.startswith(AXIS) and value is not None
        }
        return {**said, "axes": axes} if axes else said

    def _unasked(self) -> dict[str, Any]:
        """What the rule says of its subject and has no field for, such as practice under one pairing."""
        names = ("subject", "subject_kind")
        return {name: self.rule[name] for name in names if name in self.rule and name not in self.fields}

    def show(self, problems: Iterable[FieldProblem], where: str) -> list[str]:
        """Put each problem of the rule at `where` beside its field; gives those that have none."""
        elsewhere = []
        for problem in problems:
            name = problem.where.removeprefix(f"{where}.").replace("axes.", AXIS)
            if name in self.fields:
                self.errors[name] = self.error_class([*self.errors.get(name, ()), problem.text])
            else:
                elsewhere.append(problem.text)
        return elsewhere

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("how") == "at_least" and not data.get("n"):
            self.add_error("n", _("Say how many."))
        return data


def initial_of(rule: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of a rule shows first."""
    initial = {name: rule[name] for name in rule if name not in ("id", "rules", "axes", "kind")}
    if rule.get("kind") in GROUPS:
        initial["how"] = rule["kind"]
    axes = rule.get("axes")
    if isinstance(axes, Mapping):
        initial |= {f"{AXIS}{key}": as_decimal(need) for key, need in axes.items()}
    return initial


def _group_fields() -> dict[str, forms.Field]:
    return {
        "how": forms.ChoiceField(
            label=gettext_lazy("Met when"), choices=HOW, widget=forms.RadioSelect, initial="all"
        ),
        "n": forms.IntegerField(
            label=gettext_lazy("How many"),
            help_text=gettext_lazy("For “at least so many”: the n of 1+N."),
            min_value=1,
            max_value=99,
            required=False,
        ),
    }


def _common_fields() -> dict[str, forms.Field]:
    return {
        "max_age_months": forms.IntegerField(
            label=gettext_lazy("Not older than (months)"),
            help_text=gettext_lazy(
                "Empty: however old. What is older on the day of the decision does not count."
            ),
            min_value=1,
            max_value=LONGEST_MONTHS,
            required=False,
        ),
        "minutes": forms.IntegerField(
            label=gettext_lazy("Minutes it usually takes"),
            help_text=gettext_lazy("Learners are shown the way that takes the fewest hours."),
            min_value=1,
            max_value=MOST_MINUTES,
            initial=30,
        ),
    }
