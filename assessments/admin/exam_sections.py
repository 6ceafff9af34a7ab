"""The sections of an exam draft as forms, one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.blueprints.sections import EASIEST, HARDEST
from assessments.exams.section_checks import LONGEST_TITLE, MOST_SECTIONS
from assessments.items import ITEM_TYPES
from assessments.items.checking import as_text
from assessments.models import Question
from assessments.plain_forms import PlainForm
from competencies.framework import leaf_titles

FIXED, POOL, SELECT = "fixed", "pool", "select"
KINDS = [
    (SELECT, _("draw from the question bank by the conditions below")),
    (POOL, _("draw some of the questions listed below")),
    (FIXED, _("ask every question listed below, on every paper")),
]
GRADES = [(grade, str(grade)) for grade in range(EASIEST, HARDEST + 1)]
NAME = "section"


class SectionForm(PlainForm):
    """One section. Which fields count depends on how its questions are chosen."""

    title = forms.CharField(label=_("Heading of the section"), max_length=LONGEST_TITLE)
    kind = forms.ChoiceField(label=_("Its questions"), choices=KINDS, widget=forms.RadioSelect)
    count = forms.IntegerField(
        label=_("How many questions are drawn"), min_value=1, max_value=1000, required=False
    )
    points = forms.DecimalField(
        label=_("Points for each"), min_value=Decimal("0.01"), max_digits=6, decimal_places=2
    )
    pass_percent = forms.DecimalField(
        label=_("Percent of its points that are needed"),
        help_text=_("Empty: only the whole paper counts."),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
    )
    leaves = forms.MultipleChoiceField(
        label=_("Competencies"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lowest = forms.TypedChoiceField(label=_("Difficulty from"), choices=GRADES, coerce=int, initial=EASIEST)
    highest = forms.TypedChoiceField(label=_("Difficulty to"), choices=GRADES, coerce=int, initial=HARDEST)
    types = forms.MultipleChoiceField(
        label=_("Question types"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tags = forms.MultipleChoiceField(label=_("tags"), required=False, widget=forms.CheckboxSelectMultiple)
    questions = forms.CharField(
        label=_("Questions by their stable keys"),
        help_text=_("Each on its own line."),
        required=False,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, tags: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        types = sorted(ITEM_TYPES.values(), key=lambda kind: kind.rank)
        self._choice("leaves").choices = list(leaf_titles().items())
        self._choice("types").choices = [(kind.code, gettext(kind.title)) for kind in types]
        self._choice("tags").choices = [(tag, tag) for tag in tags]

    def clean_questions(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        """What the chosen kind needs."""
        data = super().clean() or self.cleaned_data
        kind, keys = data.get("kind"), data.get("questions", [])
        if kind in (POOL, SELECT) and not data.get("count") and "count" not in self.errors:
            self.add_error("count", _("Say how many questions to draw."))
        if kind in (POOL, FIXED) and not keys:
            self.add_error("questions", _("List the questions by their keys."))
        elif kind == POOL and (data.get("count") or 0) > len(keys):
            self.add_error("count", _("More are drawn than are listed."))
        if kind in (POOL, FIXED):
            self._check_keys(keys)
        if kind == SELECT and data.get("lowest", EASIEST) > data.get("highest", HARDEST):
            self.add_error("highest", _("This must not be below the lowest difficulty."))
        return data

    def said(self) -> dict[str, Any]:
        """The section as a definition says it."""
        data = self.cleaned_data
        section: dict[str, Any] = {"title": data["title"], "points": as_text(data["points"])}
        if data["pass_percent"]:
            section["pass_percent"] = as_text(data["pass_percent"])
        if data["kind"] != FIXED:
            section["count"] = data["count"]
        if data["kind"] == SELECT:
            return {**section, "select": self._select()}
        return {**section, "questions": data["questions"]}

    def _choice(self, name: str) -> Any:
        return self.fields[name]

    def _select(self) -> dict[str, Any]:
        data = self.cleaned_data
        select = {name: data[name] for name in ("leaves", "tags", "types") if data[name]}
        grades = [data["lowest"], data["highest"]]
        return select if grades == [EASIEST, HARDEST] else {**select, "difficulty": grades}

    def _check_keys(self, keys: list[str]) -> None:
        known = set(Question.objects.filter(key__in=keys).values_list("key", flat=True))
        unknown = [key for key in keys if key not in known]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if unknown:
            self.add_error(
                "questions", gettext("Not in the question bank: %(keys)s.") % {"keys": ", ".join(unknown)}
            )
        if twice:
            self.add_error("questions", gettext("Listed twice: %(keys)s.") % {"keys": ", ".join(twice)})


SectionFormSet = forms.formset_factory(
    SectionForm, extra=0, max_num=MOST_SECTIONS, absolute_max=MOST_SECTIONS, validate_max=True
)


def stored_sections(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sections of a definition; one that lists its questions reads as sections of equal points."""
    if "sections" in definition:
        return list(definition["sections"])
    entries = definition["questions"]
    if definition.get("draw"):
        keys = [entry["key"] for entry in entries]
        return [_first(gettext("Questions"), entries[0]["points"], keys) | {"count": definition["draw"]}]
    runs = groupby(entries, key=lambda entry: str(entry["points"]))
    return [
        _first(gettext("Section %(number)s") % {"number": number}, points, [entry["key"] for entry in run])
        for number, (points, run) in enumerate(runs, start=1)
    ]


def initial_of(section: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as a section fills them."""
    select = section.get("select")
    lowest, highest = (select or {}).get("difficulty") or (EASIEST, HARDEST)
    return {
        "title": section["title"],
        "kind": SELECT if select is not None else POOL if "count" in section else FIXED,
        "count": section.get("count"),
        "points": section["points"],
        "pass_percent": section.get("pass_percent"),
        "questions": "\n".join(section.get("questions", ())),
        "lowest": lowest,
        "highest": highest,
        **{name: (select or {}).get(name, []) for name in ("leaves", "tags", "types")},
    }


def posted_initial(data: QueryDict) -> list[dict[str, Any]]:
    """What was typed into each section, right or wrong, so that a button that moves sections loses nothing."""
    total = data.get(f"{NAME}-TOTAL_FORMS", "0")
    count = min(int(total), MOST_SECTIONS) if total.isdecimal() else 0
    return [
        {
            name: field.widget.value_from_datadict(data, {}, f"{NAME}-{place}-{name}")
            for name, field in SectionForm.base_fields.items()
        }
        for place in range(count)
    ]


def with_command(sections: list[dict[str, Any]], command: str) -> list[dict[str, Any]]:
    """The sections after a button of the form: `more`, `drop:2`, `up:2`, `down:2`."""
    name, _colon, at = command.partition(":")
    if name == "more":
        return [*sections, {"kind": SELECT}]
    if name not in ("drop", "up", "down") or not at.isdecimal() or int(at) >= len(sections):
        return sections
    rest = list(sections)
    moved = rest.pop(int(at))
    if name != "drop":
        rest.insert(max(int(at) + (-1 if name == "up" else 1), 0), moved)
    return rest


def known_tags(sections: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every tag of a question in use, and those that these fields name. One query."""
    rows = Question.objects.exclude(live_number=None).values_list("tags", flat=True)
    tags = {tag for row in rows for tag in row or ()}
    return sorted(tags | {tag for section in sections for tag in section.get("tags") or ()})


def _first(title: str, points: Any, keys: list[str]) -> dict[str, Any]:
    return {"title": title, "points": points, "questions": keys}
