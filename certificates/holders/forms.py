"""What holders fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.holders.requests import MOST_WORDS
from certificates.models import NameAnswer, Particular


class NameForm(forms.Form):
    """The holder's word on what is about to be printed."""

    answer = forms.ChoiceField(
        label=_("Is everything right?"),
        choices=[
            (NameAnswer.CONFIRMED.value, _("All right, print it like this")),
            (NameAnswer.DISPUTED.value, _("Something is wrong")),
        ],
        widget=forms.RadioSelect,
    )
    wrong = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Particular.choices,
        required=False,
        initial=Particular.NAME.value,
        help_text=_("Only if something is wrong."),
        widget=forms.RadioSelect,
    )
    correction = forms.CharField(
        label=_("How it should be"),
        required=False,
        max_length=80,
        help_text=_("A name exactly as it should be printed; rare characters and the dot · are welcome."),
    )

    def __init__(self, *args: Any, asked_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_name = asked_name

    def clean(self) -> dict[str, Any]:
        """A yes beside another spelling says two things at once."""
        said = super().clean() or {}
        written = said.get("correction", "").strip()
        if said.get("answer") == NameAnswer.CONFIRMED and written not in ("", self.asked_name):
            self.add_error(
                "correction",
                _(
                    "You said that all is right, and wrote something else. Choose “Something is wrong”, or clear this."
                ),
            )
        return said

    @property
    def found_wrong(self) -> Particular:
        """What the holder ticked; the name unless something else."""
        return Particular(self.cleaned_data.get("wrong") or Particular.NAME)


class CorrectionForm(forms.Form):
    """What is wrong on a certificate that was handed out."""

    wanted_name = forms.CharField(
        label=_("How your name should read"),
        required=False,
        max_length=80,
        help_text=_("Leave it empty if the name is right."),
    )
    words = forms.CharField(
        label=_("What is wrong on it"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In your own words; no ID numbers please."),
    )
