"""What is written in a recheck: the request, the decision, and the other marker's judgement of every answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.marking.judging import STEP
from assessments.plain_forms import PlainForm
from assessments.rechecks.asking import TEXT_LENGTH
from assessments.rechecks.boards import JudgedAnswer
from assessments.rechecks.settling import NewMarks
from people.models import Person

LENGTHS = {"minlength": TEXT_LENGTH[0], "maxlength": TEXT_LENGTH[1]}
KEEP, NEW = "keep", "new"
CRITERION = "criterion-"


class AskForm(PlainForm):
    """Why a candidate doubts the marks."""

    text = forms.CharField(
        label=gettext_lazy("What do you doubt?"),
        help_text=gettext_lazy(
            "5 to 1000 characters: which question, and why. The other marker reads it, so do not write your name."
        ),
        widget=forms.Textarea(attrs={"rows": 5, **LENGTHS}),
    )


class GrantForm(PlainForm):
    """Who rechecks it."""

    marker = forms.ChoiceField(
        label=gettext_lazy("Who rechecks the paper?"),
        help_text=gettext_lazy(
            "Examiners of the candidate's part of the organisation who marked nothing of it."
        ),
    )

    def __init__(self, *args: Any, markers: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.markers = {str(pk): name for pk, name in markers}
        choose = [("", _("Choose an examiner"))]
        self.fields["marker"].choices = [*choose, *self.markers.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Person:
        """The marker, after `is_valid`."""
        return Person(pk=UUID(self.cleaned_data["marker"]))


class ReplyForm(PlainForm):
    """What the candidate is told."""

    reply = forms.CharField(
        label=gettext_lazy("Answer to the candidate"),
        help_text=gettext_lazy("5 to 1000 characters."),
        widget=forms.Textarea(attrs={"rows": 4, **LENGTHS}),
    )


class AnswerForm(PlainForm):
    """One answer: its marks stay, or these are the new ones. They begin with what stands."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Your judgement"),
        choices=[(KEEP, gettext_lazy("The marks stay")), (NEW, gettext_lazy("New marks"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, judged: JudgedAnswer) -> None:
        super().__init__(data, prefix=f"answer-{judged.slot}")
        self.judged = judged
        for name, field in _number_fields(judged).items():
            self.fields[name] = field
            self.speak(name)
        self.fields["comment"] = forms.CharField(
            label=_("Comment for the candidate"),
            help_text=_("Stands beside the new marks."),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    @property
    def numbers(self) -> list[forms.BoundField]:
        """The fields for marks."""
        return [field for field in self if field.name not in ("verdict", "comment")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        numbers = [name for name in self.fields if name not in ("verdict", "comment")]
        if said.get("verdict") == KEEP and any(name in self.changed_data for name in numbers):
            self.add_error(
                "verdict", _("You changed numbers and keep the marks. Choose “New marks”, or put them back.")
            )
        if said.get("verdict") == KEEP:  # what stands may be a mean of two markings, finer than half points
            self._errors = ErrorDict({name: told for name, told in self.errors.items() if name == "verdict"})
        if said.get("verdict") == NEW:
            for name in numbers:
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Fill this in."))
        return said

    @property
    def new_marks(self) -> NewMarks | None:
        """The judgement, after `is_valid`; None keeps the marks."""
        said = self.cleaned_data
        if said["verdict"] == KEEP:
            return None
        marks = {
            name.removeprefix(CRITERION): value for name, value in said.items() if name.startswith(CRITERION)
        }
        return NewMarks(
            marks=marks,
            penalty=said.get("penalty") or Decimal(0),
            points=said.get("points"),
            comment=said["comment"],
        )


def answer_forms(
    judged: Sequence[JudgedAnswer], data: Mapping[str, Any] | None = None
) -> tuple[AnswerForm, ...]:
    """One for every answer that people marked."""
    return tuple(AnswerForm(data, judged=each) for each in judged)


def _number_fields(judged: JudgedAnswer) -> dict[str, forms.Field]:
    """A field for every criterion and the penalty; without a rubric, one for the points."""
    if not judged.criteria:
        return {"points": _points(_("Points earned"), judged.max, judged.points)}
    fields: dict[str, forms.Field] = {
        f"{CRITERION}{each.id}": _points(each.text, each.max, each.points) for each in judged.criteria
    }
    fields["penalty"] = _points(_("Points taken off"), judged.max, judged.standing.penalty)
    return fields


def _points(label: str, most: str, now: str) -> forms.DecimalField:
    """Half points up to so many; what stands `now` is "" where a file gave points for the whole answer."""
    text = _("0 to %(most)s points, in steps of half a point.") % {"most": most}
    return forms.DecimalField(
        label=label,
        initial=Decimal(now) if now else None,
        help_text=_("Now %(now)s. %(text)s") % {"now": now, "text": text} if now else text,
        required=bool(now),
        min_value=Decimal(0),
        max_value=Decimal(most),
        step_size=STEP,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        error_messages={"step_size": _("Give marks in steps of half a point.")},
    )
