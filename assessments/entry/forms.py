"""What candidates ask for before an exam, and what administrators decide; the rules lie in the operations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.entry.accommodations import MOST_ATTEMPTS, REASON_LENGTH
from assessments.entry.exemptions import (
    MOST_MB,
    TEXT_LENGTH,
    PriorCertificate,
    check_day,
    checked_content,
)
from assessments.plain_forms import PlainForm
from core.errors import Refusal

OWN = "own"
# What is asked for in one tap: how many times the time, how many attempts on top.
NEEDS: dict[str, tuple[Decimal, int]] = {
    "1.25": (Decimal("1.25"), 0),
    "1.5": (Decimal("1.5"), 0),
    "2": (Decimal(2), 0),
    "attempt": (Decimal(1), 1),
    "other": (Decimal(1), 0),
}


class ArrangementForm(PlainForm):
    """What do you need? The reason is up to the person."""

    need = forms.ChoiceField(
        label=_("What do you need?"),
        choices=[
            ("1.25", _("A quarter more time")),
            ("1.5", _("Half as much time again")),
            ("2", _("Twice the time")),
            ("attempt", _("One more attempt")),
            ("other", _("Something else (please write it)")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why, if you like to say"),
        help_text=_("Only the administrators of your organisation read it."),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def wish(self) -> tuple[Decimal, int]:
        """Time factor and extra attempts, after `is_valid`."""
        return NEEDS[self.cleaned_data["need"]]


class GrantForm(PlainForm):
    """What is given; `do` says whether it is."""

    factor = forms.ChoiceField(
        label=_("Time"),
        choices=[
            ("1", _("The usual time")),
            ("1.25", _("A quarter more time")),
            ("1.5", _("Half as much time again")),
            ("2", _("Twice the time")),
            (OWN, _("Another factor")),
        ],
        widget=forms.RadioSelect,
    )
    own_factor = forms.DecimalField(
        label=_("Another factor"),
        help_text=_("From 1 to 4, for instance 1.75."),
        required=False,
        min_value=1,
        max_value=4,
        max_digits=3,
        decimal_places=2,
    )
    extra_attempts = forms.IntegerField(
        label=_("Attempts on top"), min_value=0, max_value=MOST_ATTEMPTS, initial=0
    )
    scope = forms.ChoiceField(
        label=_("Where it holds"),
        choices=[("one", _("In this exam")), ("all", _("In every exam"))],
        initial="one",
        widget=forms.RadioSelect,
    )
    until_on = forms.DateField(
        label=_("Last day"),
        help_text=_("Leave it empty where it has no end."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("factor") == OWN and data.get("own_factor") is None and "own_factor" not in self.errors:
            self.add_error("own_factor", _("Give the factor."))
        return data

    @property
    def time_factor(self) -> Decimal:
        """The factor chosen or written, after `is_valid`."""
        chosen: str = self.cleaned_data["factor"]
        own: Decimal | None = self.cleaned_data["own_factor"]
        return own if chosen == OWN and own is not None else Decimal(chosen)


class WordForm(PlainForm):
    """A word to the person who asked."""

    word = forms.CharField(
        label=_("A word to the person"),
        help_text=_("They read it in their notice. It is needed where you decide against it."),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExemptionForm(PlainForm):
    """A certificate from elsewhere and its picture."""

    title = forms.CharField(label=_("What the certificate is called"), max_length=120)
    issuer = forms.CharField(label=_("Who issued it"), max_length=120)
    number = forms.CharField(label=_("Number of the certificate"), max_length=64, required=False)
    issued_on = forms.DateField(label=_("Date of issue"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(
        label=_("The certificate as a PDF or a photo"),
        help_text=_("At most 10 MB. Only you and the administrators who decide can open it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,image/*", "data-most-mb": str(MOST_MB)}),
    )

    def is_sound(self, *, on: date) -> bool:
        """Whether all that can be told before it is handed in is right: the day and the file are looked at together."""
        self.is_valid()
        checks: dict[str, Callable[[Any], object]] = {
            "issued_on": partial(check_day, on=on),
            "file": checked_content,
        }
        for name, check in checks.items():
            try:
                if name in self.cleaned_data:
                    check(self.cleaned_data[name])
            except Refusal as refusal:
                self.add_error(name, str(refusal))
        if self.errors and "file" not in self.errors:
            self.add_error("file", _("Your answers above are kept, the file is not: choose it once more."))
        return not self.errors

    @property
    def certificate(self) -> PriorCertificate:
        """What was said about it, after `is_valid`."""
        said = self.cleaned_data
        return PriorCertificate(said["title"], said["issuer"], said["issued_on"], said["number"])


# The field a refusal belongs to, where its code is not the field's own name.
PLACES = {
    "size": "file",
    "empty": "file",
    "kind": "file",
    "damaged": "file",
    "pixels": "file",
    "polyglot": "file",
}
PLACES |= {"name": "file", "time_factor": "own_factor", "nothing": "factor"}


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Show what an operation refused at the field it is about, or above the form."""
    place = refusal.code if refusal.code in form.fields else PLACES.get(refusal.code, "")
    form.add_error(place if place in form.fields else None, str(refusal))
