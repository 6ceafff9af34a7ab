"""The marker's form, made from the rubric."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.marking.judging import STEP
from assessments.marking.settling import Given

PREFIX = "criterion-"


class MarkForm(forms.Form):
    """Marks per criterion in steps of half a point, a penalty, and a comment for the candidate."""

    comment = forms.CharField(
        label=gettext_lazy("Comment for the candidate"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        key: Mapping[str, Any],
        previous: Given | None = None,
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        """`typed` is what stands in the page and was not sent to be saved: shown again, not judged."""
        super().__init__(data, initial={**_initial(previous), **(typed or {})})
        self._parts: dict[str, str | None] = {}
        for criterion in key["criteria"]:
            name = PREFIX + criterion["id"]
            self.fields[name] = _marks_field(criterion)
            self._parts[name] = criterion.get("part")
        full = sum((Decimal(str(criterion["max"])) for criterion in key["criteria"]), Decimal(0))
        self.fields["penalty"] = _penalty_field(full, key.get("penalty", ""))
        self.order_fields([*self._parts, "penalty"])

    def criteria_of(self, part: str) -> list[forms.BoundField]:
        """The fields of the criteria that judge this part of the answer; a short answer has but one part."""
        return [self[name] for name, judged in self._parts.items() if judged in (None, part)]

    @property
    def marks(self) -> dict[str, Decimal]:
        """The marks by criterion id, after `is_valid`."""
        return {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX)
        }


def _marks_field(criterion: Mapping[str, Any]) -> forms.DecimalField:
    most = Decimal(str(criterion["max"]))
    help_text = _("0 to %(most)s points, in steps of half a point.") % {"most": most}
    return _points_field(most, label=criterion["text"], help_text=help_text)


def _penalty_field(full: Decimal, when: str) -> forms.DecimalField:
    """Up to everything the question is worth; `when` says what points are taken off for."""
    return _points_field(full, label=_("Points taken off"), help_text=escape(when), initial=Decimal(0))


def _points_field(most: Decimal, **options: Any) -> forms.DecimalField:
    out_of_range = _("Give a number from 0 to %(most)s.") % {"most": most}
    return forms.DecimalField(
        min_value=Decimal(0),
        max_value=most,
        step_size=STEP,
        error_messages={
            "invalid": out_of_range,
            "max_value": out_of_range,
            "min_value": out_of_range,
            "step_size": _("Give marks in steps of half a point."),
        },
        **options,
    )


def _initial(previous: Given | None) -> dict[str, str]:
    if previous is None:
        return {}
    marks = {PREFIX + each: mark for each, mark in previous.marks.items()}
    return {**marks, "penalty": previous.penalty, "comment": previous.comment}
