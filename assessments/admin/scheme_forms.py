"""The forms of a scheme's head and of its renewal. They keep a mistake and name it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.deciding import Level
from assessments.deciding.validating import LONGEST_MONTHS
from assessments.plain_forms import PlainForm
from assessments.schemes.comparing import LEVELS
from assessments.schemes.problems import TITLE_LENGTH
from competencies.framework import views


def number_of(value: Decimal | None) -> int | float | None:
    """A number as a definition holds it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


class BeginForm(PlainForm):
    """What a scheme needs to exist."""

    title = forms.CharField(label=gettext_lazy("Title of the scheme"), max_length=TITLE_LENGTH)
    key = forms.SlugField(
        label=gettext_lazy("Stable key"),
        help_text=gettext_lazy(
            "Letters, digits, - and _, such as data-governance. Certificates call the scheme by it for ever."
        ),
        max_length=64,
    )


class HeadForm(PlainForm):
    """The scheme itself, without its rules."""

    title = forms.CharField(label=gettext_lazy("Title of the scheme"), max_length=TITLE_LENGTH)
    level = forms.ChoiceField(label=pgettext_lazy("scheme", "Level"), required=False)
    certificate_title = forms.CharField(
        label=gettext_lazy("Title of the certificate"),
        help_text=gettext_lazy("Printed on the certificate. It must not read like a state certificate."),
        max_length=TITLE_LENGTH,
    )
    valid_months = forms.IntegerField(
        label=gettext_lazy("Valid for (months)"),
        help_text=gettext_lazy("Empty: the certificate does not expire."),
        min_value=1,
        max_value=LONGEST_MONTHS,
        required=False,
    )
    view = forms.ChoiceField(
        label=pgettext_lazy("scheme", "View"),
        help_text=gettext_lazy("Which abilities the certificate shows, and which axes rules may ask for."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [(level.value, LEVELS[level.value]) for level in Level]
        self.fields["level"].choices = [("", _("no level")), *levels]  # type: ignore[attr-defined]
        self.fields["view"].choices = [  # type: ignore[attr-defined]
            (ref, f"{view.title}（{'、'.join(axis.title for axis in view.axes)}）")
            for ref, view in views().items()
        ]

    def said(self) -> dict[str, Any]:
        """The fields of the definition."""
        return {**self.cleaned_data, "level": self.cleaned_data["level"] or None}


class RenewalForm(PlainForm):
    """One dated rule of renewal."""

    since = forms.DateField(
        label=gettext_lazy("For certificates issued from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    months = forms.IntegerField(
        label=gettext_lazy("Within (months)"), min_value=1, max_value=LONGEST_MONTHS, initial=36
    )
    hours = forms.DecimalField(
        label=gettext_lazy("Hours of learning"), min_value=1, max_value=10_000, decimal_places=1
    )

    def said(self) -> dict[str, Any]:
        """The rule as the definition holds it."""
        since: date = self.cleaned_data["since"]
        hours = number_of(self.cleaned_data["hours"])
        return {"from": since.isoformat(), "months": self.cleaned_data["months"], "hours": hours}
