"""What is asked before a file of questions is read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from assessments.formats import FORMATS
from assessments.transfer.drafts import USUAL_LEAF
from assessments.transfer.staging import MOST_BYTES
from competencies.framework import leaf_titles

MOST_PASTED = 500_000


def format_choices() -> list[tuple[str, str]]:
    """Every format by its title."""
    return [(code, gettext(each.title)) for code, each in FORMATS.items()]


class FormatForm(forms.Form):
    """Which format a file has."""

    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=format_choices)


class UploadForm(forms.Form):
    """A file, or pasted text; and where its questions go."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "Word, Excel, text, GIFT, Moodle XML, QTI, Aiken or django-quiz-app, 50 MB at most."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the text of a paper here"),
        required=False,
        max_length=MOST_PASTED,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        required=False,
        choices=lambda: [("", gettext("Find out by itself")), *format_choices()],
        help_text=gettext_lazy(
            "What was found out is shown before anything goes into the bank, and can be changed there."
        ),
    )
    module = forms.CharField(
        label=gettext_lazy("Module"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "modules", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "The part of the bank the questions belong to: one that is there, or a new name."
        ),
    )
    leaf = forms.ChoiceField(
        label=gettext_lazy("Competency where the file names none"),
        choices=lambda: list(leaf_titles().items()),
        initial=USUAL_LEAF,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(
                gettext("The file is larger than %(most)s MB. Split it and upload the parts one by one.")
                % {"most": MOST_BYTES // 2**20}
            )
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "file" in data and "text" in data and bool(data["file"]) == bool(data["text"].strip()):
            raise forms.ValidationError(
                gettext("Choose a file or paste a text: one of the two.")
                if not data["file"]
                else gettext("You chose a file and pasted a text. Keep one of the two.")
            )
        return data

    def content_and_name(self) -> tuple[bytes, str]:
        """What was brought, and what it is called."""
        file = self.cleaned_data["file"]
        if file:
            return file.read(), file.name
        return self.cleaned_data["text"].encode(), gettext("pasted text")
