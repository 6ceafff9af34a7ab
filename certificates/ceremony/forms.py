"""Forms of the ceremony's pages. Rules live in the operations; a form only reads what was typed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from certificates.ceremony.asking import MOST_OFFSET, Paper
from certificates.ceremony.seat_lists import MOST_BYTES
from certificates.ceremony.seats import LAST_SEAT, SeatOrder
from certificates.models import PrintKind, PrintReason
from certificates.press import Offset
from core.once import new_key

MOST_MM = Decimal(MOST_OFFSET) / 10


class OrderForm(forms.Form):
    """What everybody is seated by."""

    order = forms.ChoiceField(
        label=_("Seat everybody"),
        choices=SeatOrder.choices,
        initial=SeatOrder.ORGANISATION,
        widget=forms.RadioSelect,
    )


class SeatListForm(forms.Form):
    """A list, pasted or as a file; one of the two."""

    text = forms.CharField(
        label=_("Paste the list"),
        required=False,
        max_length=500_000,
        strip=False,
        help_text=_("A staff number a line, in seat order; or with the seat behind it."),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or upload it"),
        required=False,
        help_text=_(
            "A workbook (.xlsx) or CSV file whose first row names the columns 工号 and, if you like, 座位号."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 5 MB."))
        return file

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and bool(said.get("text", "").strip()) == bool(said.get("file")):
            raise forms.ValidationError(_("Paste a list or upload one, not both and not neither."))
        return said


class SeatForm(forms.Form):
    """Another seat for one person."""

    seat = forms.IntegerField(
        label=_("To seat"),
        min_value=1,
        max_value=LAST_SEAT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
    )


class OffsetForm(forms.Form):
    """Millimetres to the right and down."""

    right = forms.DecimalField(
        label=_("Move to the right (mm)"),
        min_value=-MOST_MM,
        max_value=MOST_MM,
        decimal_places=1,
        required=False,
        help_text=_("With a minus: to the left."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    down = forms.DecimalField(
        label=_("Move down (mm)"),
        min_value=-MOST_MM,
        max_value=MOST_MM,
        decimal_places=1,
        required=False,
        help_text=_("With a minus: up."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def offset(self) -> Offset:
        """What was typed; nothing typed moves nothing."""
        said = self.cleaned_data
        return Offset(int((said.get("right") or 0) * 10), int((said.get("down") or 0) * 10))


class RangeForm(forms.Form):
    """Seats from one to another, both included."""

    first = forms.IntegerField(
        label=_("From seat"),
        min_value=1,
        max_value=LAST_SEAT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    last = forms.IntegerField(
        label=_("To seat"),
        min_value=1,
        max_value=LAST_SEAT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class PaperForm(OffsetForm, RangeForm):
    """What is to be printed. The key makes a double click one run."""

    key = forms.CharField(max_length=36, widget=forms.HiddenInput, initial=new_key)
    kind = forms.ChoiceField(label=_("What is printed"), choices=PrintKind.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Reason of the print"),
        choices=PrintReason.choices,
        help_text=_("Only the first print of a seat needs no reason."),
    )
    field_order = ("kind", "first", "last", "reason", "right", "down", "key")

    def paper(self) -> Paper:
        """What was asked for; whole certificates are never moved."""
        said = self.cleaned_data
        kind = PrintKind(said["kind"])
        offset = self.offset() if kind == PrintKind.OVERPRINT else Offset()
        return Paper(kind, said["first"], said["last"], PrintReason(said["reason"]), offset)


class ListForm(forms.Form):
    """Part of a list; without seats and organisation everybody."""

    first = forms.IntegerField(
        label=_("From seat"),
        min_value=1,
        max_value=LAST_SEAT,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    last = forms.IntegerField(
        label=_("To seat"),
        min_value=1,
        max_value=LAST_SEAT,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)

    def __init__(self, *args: Any, organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [("", _("All organisations")), *organisations]


class ReadingForm(forms.Form):
    """How a name is read."""

    reading = forms.CharField(
        label=_("Syllables, a space after each"),
        required=False,
        max_length=80,
        help_text=_("As in shàn xióng xìn; shan4 xiong2 xin4 is welcome too. Empty: as the dictionary says."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
