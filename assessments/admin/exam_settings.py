"""The settings of an exam draft as a form, in groups that say what they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.admin.exam_choices import (
    FEEDBACKS,
    GRADINGS,
    GROUPS,
    LATE,
    ONE_PAPER,
    PHASES,
    SECTIONS_ONLY,
    SHOWN,
    Group,
)
from assessments.admin.setting_fields import moment_field, number_field, text_field, whole_field
from assessments.exams.definitions import LONGEST_TITLE, MOST_MINUTES
from assessments.exams.setting_checks import (
    LONGEST_CODE,
    MOST_APART,
    MOST_HOURS,
    MOST_LATE_MINUTES,
    MOST_RECHECK_DAYS,
    USUAL,
    is_network,
)
from assessments.exams.settings import PRACTICE_REVIEW, USUAL_REVIEW, Review, Shown
from assessments.items.checking import as_text
from assessments.plain_forms import PlainForm
from competencies.framework import views


class SettingsForm(PlainForm):
    """What an author may set in a draft; its questions and its key stay."""

    title = forms.CharField(label=_("title"), max_length=LONGEST_TITLE)
    module = forms.CharField(label=_("Module"), max_length=80, required=False)
    summary = text_field(_("What candidates read first"), 3)
    practice = forms.BooleanField(
        label=_("Practice paper"),
        help_text=_("Counts towards no certificate; right answers show once it is handed in."),
        required=False,
    )
    minutes = forms.IntegerField(label=_("Time limit in minutes"), min_value=1, max_value=MOST_MINUTES)
    opens_at = moment_field(_("Opens at"), _("Empty: open as soon as it is released."))
    closes_at = moment_field(
        _("Closes at"), _("Nobody starts later, and sittings end then. Empty: stays open.")
    )
    late_entry_minutes = whole_field(
        _("Latest entry, minutes after the opening"),
        0,
        MOST_MINUTES,
        _("Empty: as long as the exam is open."),
    )
    max_attempts = whole_field(_("Most attempts"), 1, 1000, _("Empty: as many as one likes."))
    cooldown_hours = whole_field(
        _("Hours to wait before the next attempt"), 0, MOST_HOURS, _("Empty: none. A resit is a fresh paper.")
    )
    grading = forms.ChoiceField(label=_("The grade comes from"), choices=GRADINGS, required=False)
    pass_percent = number_field(_("Percentage of the points to pass"), "", 0, 100, required=True)
    pass_view = forms.ChoiceField(
        label=_("Competencies that are needed each by itself"),
        help_text=_("Choose a view, then say below how much each of its axes needs."),
        required=False,
    )
    pass_text = text_field(_("Said to those who pass"), 2)
    fail_text = text_field(_("Said to those who do not pass"), 2)
    rules = text_field(_("Rules to confirm before the start"), 4, _("Empty: there is nothing to confirm."))
    access_code = forms.CharField(
        label=_("Access code"),
        help_text=_("Whoever starts types it; tell it in the room. Empty: none."),
        max_length=LONGEST_CODE,
        required=False,
    )
    addresses = text_field(
        _("Networks it may be sat in"), 3, _("One a line, such as 10.1.2.0/24. Empty: anywhere.")
    )
    seats_only = forms.BooleanField(
        label=_("Only with a seat in an exam room"),
        help_text=_("Nobody starts outside a session."),
        required=False,
    )
    draw = whole_field(_("Questions drawn for each paper"), 1, 1000, _("Empty: every paper has all of them."))
    shuffle = forms.BooleanField(
        label=_("Shuffle the questions"), help_text=_("Sections stay in their order."), required=False
    )
    shuffle_options = forms.BooleanField(
        label=_("Shuffle the options"),
        help_text=_("What is to be put in order or matched is shuffled always."),
        required=False,
    )
    exposure_cap = number_field(
        _("A question stands on at most so many percent of the papers"),
        _(
            "Keeps questions from becoming known. Questions that every paper has are not meant. Empty: no cap."
        ),
        1,
        100,
        1,
    )
    difficulty_tolerance = number_field(
        _("Papers differ in difficulty by at most"),
        _(
            "Distance from the mean difficulty of all papers, on the scale from 1 to 5: 0.2, for instance. Papers "
            "outside it are drawn anew. Empty: any."
        ),
        0,
        4,
    )
    feedback = forms.ChoiceField(
        label=_("Right or wrong is told"), choices=FEEDBACKS, widget=forms.RadioSelect, required=False
    )
    late_answers = forms.ChoiceField(
        label=_("Answers that arrive after the end"), choices=LATE, widget=forms.RadioSelect, required=False
    )
    late_minutes = whole_field(
        _("Minutes after the end in which they may arrive"),
        0,
        MOST_LATE_MINUTES,
        _("An answer written without a network arrives late. Empty: 15."),
    )
    anonymous_marking = forms.BooleanField(
        label=_("Markers do not see names"), help_text=_("They see a number instead."), required=False
    )
    double_marking = forms.BooleanField(
        label=_("Two markers for every answer"),
        help_text=_("Neither sees the other's marks; where they agree, the mean of both counts."),
        required=False,
    )
    marking_tolerance = number_field(
        _("Two markers agree up to so many points apart"),
        _("Further apart, a third marker decides. Empty: 2."),
        0,
        MOST_APART,
    )
    recheck_days = whole_field(
        _("Days in which a recheck may be asked for"),
        0,
        MOST_RECHECK_DAYS,
        _("Counted from the result. 0: none may be asked for. Empty: 7."),
    )

    def __init__(self, data: Any = None, *, definition: Mapping[str, Any]) -> None:
        super().__init__(data, initial=initial_of(definition))
        self.definition = definition
        gone = ONE_PAPER if "sections" in definition else SECTIONS_ONLY
        for name in gone:
            del self.fields[name]
        refs = [(ref, f"{view.title}（{ref}）") for ref, view in views().items()]
        pass_view: Any = self.fields["pass_view"]
        pass_view.choices = [("", _("none")), *refs]
        for ref, view in views().items():
            for axis in view.axes:
                self.fields[_axis_field(ref, axis.key)] = number_field(axis.title, "", 0, 100)
        for phase, title in PHASES.items():
            self.fields[f"review_{phase}"] = forms.MultipleChoiceField(
                label=title, choices=SHOWN, required=False
            )
        self.speak(*self.fields)

    def clean_addresses(self) -> list[str]:
        """One network a line. Raises for a line that is none."""
        lines = [line.strip() for line in self.cleaned_data["addresses"].splitlines() if line.strip()]
        for line in lines:
            if not is_network(line):
                text = _("“%(line)s” is no network address. Write 10.1.2.0/24, for instance.")
                raise forms.ValidationError(text, params={"line": line})
        return lines

    def clean(self) -> dict[str, Any]:
        """The window must be one, and a view needs an axis."""
        data = super().clean() or self.cleaned_data
        opens_at, closes_at = data.get("opens_at"), data.get("closes_at")
        if opens_at and closes_at and opens_at >= closes_at:
            self.add_error("closes_at", _("The exam closes before it opens."))
        if data.get("pass_view") and not self._axes(data):
            self.add_error("pass_view", _("Say for at least one axis how much it needs."))
        return data

    def changes(self) -> dict[str, Any]:
        """What was filled in, as a definition says it; see `exam_drafts.change_exam_draft` for what is left out."""
        data = self.cleaned_data
        own = {name: _plain(data[name]) for group in GROUPS for name in group.names if name in data}
        view = own.pop("pass_view")
        return {
            **own,
            "pass_axes": {"view": view, "axes": self._axes(data)} if view else None,
            "review": self._review(data),
        }

    def groups(self) -> Iterator[tuple[Group, list[forms.BoundField]]]:
        """The groups with their fields, for the page."""
        for group in GROUPS:
            yield group, [self[name] for name in group.names if name in self.fields]

    def axes(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """For each view its title and the fields of its axes."""
        for ref, view in views().items():
            yield f"{view.title}（{ref}）", [self[_axis_field(ref, axis.key)] for axis in view.axes]

    def review_rows(self) -> Iterator[tuple[forms.BoundField, list[tuple[str, Any, bool]]]]:
        """For each phase its field and the boxes: value, title, whether it is ticked."""
        for phase in PHASES:
            field = self[f"review_{phase}"]
            ticked = set(field.value() or ())
            yield field, [(str(value), title, str(value) in ticked) for value, title in SHOWN]

    @property
    def shown_titles(self) -> list[Any]:
        return [title for _value, title in SHOWN]

    def _axes(self, data: Mapping[str, Any]) -> dict[str, str]:
        chosen = views().get(data.get("pass_view") or "")
        if chosen is None:
            return {}
        filled = {axis.key: data.get(_axis_field(chosen.ref, axis.key)) for axis in chosen.axes}
        return {key: as_text(percent) for key, percent in filled.items() if percent}

    def _review(self, data: Mapping[str, Any]) -> dict[str, list[str]] | None:
        """What the grid says, None where it says what is usual. A grid that was left alone stays usual when the exam
        becomes a practice paper, or is one no longer."""
        said = {phase: [each for each in Shown if each in data[f"review_{phase}"]] for phase in PHASES}
        shown = {str(phase): [str(each) for each in what] for phase, what in said.items()}
        usual = [_usual(bool(data.get("practice")))]
        if not self.definition.get("review"):
            usual.append(_usual(bool(self.definition.get("practice"))))
        return None if shown in [_review_of(each) for each in usual] else shown


def initial_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the definition fills them, with what is usual where it says nothing."""
    usual = {name: value for name, value in USUAL.items() if value is not None}
    initial = {"shuffle": True, **usual, **definition}
    for name in ("opens_at", "closes_at"):
        if definition.get(name):
            initial[name] = timezone.localtime(datetime.fromisoformat(definition[name]))
    initial["addresses"] = "\n".join(definition.get("addresses") or ())
    pass_axes = definition.get("pass_axes") or {}
    initial["pass_view"] = pass_axes.get("view", "")
    for axis, percent in pass_axes.get("axes", {}).items():
        initial[_axis_field(pass_axes["view"], axis)] = percent
    review = {**_review_of(_usual(bool(definition.get("practice")))), **(definition.get("review") or {})}
    return {**initial, **{f"review_{phase}": shown for phase, shown in review.items()}}


def _usual(practice: bool) -> Review:
    return PRACTICE_REVIEW if practice else USUAL_REVIEW


def _review_of(review: Review) -> dict[str, list[str]]:
    return {str(phase): [str(each) for each in Shown if each in review[phase]] for phase in PHASES}


def _axis_field(ref: str, axis: str) -> str:
    return f"axis_{ref.replace('@', '_')}_{axis}"


def _plain(value: Any) -> Any:
    """As a definition says it: numbers that are not whole as text, times with their zone."""
    if isinstance(value, Decimal):
        return as_text(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value
