"""The settings of an exam draft as a form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from assessments.exam_definitions import LONGEST_TITLE, MOST_MINUTES
from assessments.items.checking import as_text


class SettingsForm(forms.Form):
    """What an author may set in a draft; its questions and its key stay."""

    title = forms.CharField(label=gettext_lazy("title"), max_length=LONGEST_TITLE)
    module = forms.CharField(label=gettext_lazy("Module"), max_length=80, required=False)
    summary = forms.CharField(
        label=gettext_lazy("What candidates read first"), required=False, widget=forms.Textarea({"rows": 3})
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Time limit in minutes"), min_value=1, max_value=MOST_MINUTES
    )
    pass_percent = forms.DecimalField(
        label=gettext_lazy("Percentage of the points to pass"), min_value=0, max_value=100, decimal_places=2
    )
    draw = forms.IntegerField(
        label=gettext_lazy("Questions drawn for each paper"),
        help_text=gettext_lazy("Empty: every paper has all of them."),
        min_value=1,
        required=False,
    )
    max_attempts = forms.IntegerField(
        label=gettext_lazy("Most attempts"),
        help_text=gettext_lazy("Empty: as many as one likes."),
        min_value=1,
        max_value=1000,
        required=False,
    )
    shuffle = forms.BooleanField(label=gettext_lazy("Shuffle the questions"), required=False)
    practice = forms.BooleanField(
        label=gettext_lazy("Practice paper"),
        help_text=gettext_lazy("Counts towards no certificate; right answers show once it is handed in."),
        required=False,
    )
    pass_text = forms.CharField(
        label=gettext_lazy("Said to those who pass"), required=False, widget=forms.Textarea({"rows": 2})
    )
    fail_text = forms.CharField(
        label=gettext_lazy("Said to those who do not pass"),
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def changes(self) -> dict[str, Any]:
        """What was filled in, as a definition says it."""
        return {
            name: as_text(value) if isinstance(value, Decimal) else value
            for name, value in self.cleaned_data.items()
        }
