"""What people fill in; the rules themselves live in the operations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessments.models import SchemeVersion
from people.models import Organisation

MOST_BYTES = 5 * 1024 * 1024


class SchemeField(forms.ModelChoiceField):
    """A scheme by its title."""

    def label_from_instance(self, obj: SchemeVersion) -> str:
        return obj.title


class ScopeForm(forms.Form):
    """Which scheme, for whom."""

    scheme = SchemeField(
        SchemeVersion.objects.none(), to_field_name="key", label=_("Scheme"), empty_label=None
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), to_field_name="code", label=_("Organisation"), empty_label=None
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = SchemeVersion.objects.newest().order_by("title")  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class ProposalForm(forms.Form):
    """What a batch is called, how its certificates look and from which day they are valid."""

    title = forms.CharField(label=_("Title of the batch"), max_length=80)
    theme = forms.ChoiceField(label=_("Design"), required=False, widget=forms.RadioSelect)
    valid_from = forms.DateField(
        label=_("Valid from"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_(
            "Only for a ceremony to come. Left empty, a certificate is valid from the day it is issued."
        ),
    )

    def __init__(
        self, *args: Any, themes: list[tuple[str, str]], on: date, title: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"title": title, "theme": themes[0][0] if themes else ""}
        self.fields["theme"].choices = themes  # type: ignore[attr-defined]
        self.fields["valid_from"].widget.attrs["min"] = on.isoformat()

    def clean_theme(self) -> str:
        """The chosen design, or the house's own."""
        return self.cleaned_data["theme"] or "standard"


class ApprovalForm(forms.Form):
    """The number typed once more, a remark, and a tick that sample and quarantine were read."""

    count = forms.IntegerField(
        label=_("Type the number of certificates to issue"),
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.BooleanField(label=_("I have seen the sample and the people in quarantine"))


class CodeForm(forms.Form):
    """the code below the number, typed by hand or pasted as a whole address."""

    code = forms.CharField(
        label=_("Verification code or address"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip().rstrip("/").rpartition("/")[2]
        if not code:
            raise forms.ValidationError(_("Type the code that is printed below the certificate number."))
        if code.upper().startswith("SQ-"):
            raise forms.ValidationError(
                _(
                    "This is the number of a certificate. Scan its QR code, or type the code printed below the number."
                )
            )
        return code


class FileForm(forms.Form):
    """A PDF to compare. It is read, compared and forgotten."""

    file = forms.FileField(
        label=_("Upload the certificate file, every byte is compared"),
        help_text=_("The file is only compared, never kept. 5 MB at most."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 5 MB: no certificate of ours is."))
        return file
