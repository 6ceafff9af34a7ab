"""Forms of the invigilator's pages. Rules live in the operations; a form only reads what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.halls.attending import TEXT_LENGTH
from assessments.models import MOST_MINUTES_ADDED, IncidentKind, Seat
from core.once import new_key


class MinutesForm(forms.Form):
    """How many minutes; the usual ones have buttons of their own."""

    minutes = forms.IntegerField(
        label=_("Or another number of minutes"), min_value=1, max_value=MOST_MINUTES_ADDED
    )


class ExtensionForm(MinutesForm):
    """The second look at it: what was chosen, with the key that makes a double click one extension."""

    minutes = forms.IntegerField(
        min_value=1,
        max_value=MOST_MINUTES_ADDED,
        widget=forms.HiddenInput,
        label=_("Or another number of minutes"),
    )
    key = forms.CharField(max_length=36, widget=forms.HiddenInput)


class IncidentForm(forms.Form):
    """A line of the log. Without a seat it is about the whole room."""

    key = forms.CharField(max_length=36, widget=forms.HiddenInput, initial=new_key)
    kind = forms.ChoiceField(
        label=_("What it is about"), choices=[("", _("Please choose")), *IncidentKind.choices]
    )
    seat = forms.ChoiceField(label=_("Who"), required=False)
    text = forms.CharField(
        label=_("Describe what happened"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, seats: Iterable[tuple[Seat, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["seat"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [
            ("", gettext("The whole room")),
            *((str(seat.pk), f"{seat.number}　{name}") for seat, name in seats),
        ]


class SureForm(forms.Form):
    """What cannot be taken back is asked for twice."""

    sure = forms.BooleanField(label=_("Yes, hand in this paper now"))
