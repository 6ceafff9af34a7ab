"""What people fill in; the rules themselves live in the operations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessments.models import SchemeVersion
from certificates.models import NameAnswer
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


class NameForm(forms.Form):
    """The holder's word on the spelling."""

    answer = forms.ChoiceField(
        label=_("Is this how your name is written?"),
        choices=[
            (NameAnswer.CONFIRMED.value, _("Yes, print it like this")),
            (NameAnswer.DISPUTED.value, _("No, it is written differently")),
        ],
        widget=forms.RadioSelect,
    )
    correction = forms.CharField(
        label=_("The right spelling"),
        required=False,
        max_length=80,
        help_text=_("Only if it is written differently. Rare characters and the dot · are welcome."),
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
                _("You said yes, and wrote another spelling. Choose “written differently”, or clear this."),
            )
        return said


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
