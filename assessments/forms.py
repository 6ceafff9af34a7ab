"""The marker's form, made from the rubric."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.marking import STEP
from assessments.models import Mark

PREFIX = "criterion-"


class MarkForm(forms.Form):
    """Marks per criterion in steps of half a point, a penalty, and a comment for the candidate."""

    penalty = forms.DecimalField(
        label=gettext_lazy("Points taken off"), min_value=Decimal(0), step_size=STEP, initial=Decimal(0)
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment for the candidate"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, key: Mapping[str, Any], previous: Mark | None = None
    ) -> None:
        super().__init__(data, initial=_initial(previous))
        for criterion in key["criteria"]:
            most = Decimal(str(criterion["max"]))
            self.fields[PREFIX + criterion["id"]] = forms.DecimalField(
                label=criterion["text"],
                help_text=_("0 to %(most)s points, in steps of half a point.") % {"most": most},
                min_value=Decimal(0),
                max_value=most,
                step_size=STEP,
            )
        self.fields["penalty"].help_text = escape(key.get("penalty", ""))
        self.order_fields([name for name in self.fields if name.startswith(PREFIX)])

    @property
    def marks(self) -> dict[str, Decimal]:
        """The marks by criterion id, after `is_valid`."""
        return {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX)
        }


def _initial(previous: Mark | None) -> dict[str, str]:
    if previous is None:
        return {}
    comment = previous.comment.text if hasattr(previous, "comment") else ""
    marks = {PREFIX + each: mark for each, mark in previous.marks.items()}
    return {**marks, "penalty": previous.penalty, "comment": comment}
