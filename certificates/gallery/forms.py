"""Forms of the gallery. Rules live in the operations; a form only reads what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from certificates.gallery.marks import MarkWords
from certificates.gallery.pictures import MOST_BYTES
from certificates.gallery.previews import Candidate, by_scheme
from certificates.gallery.sitters import PLAIN, WORST
from certificates.models import IssuerMark, MarkKind


class SitterForm(forms.Form):
    """Who stands on the preview."""

    sitter = forms.ChoiceField(label=_("Show it with"))

    def __init__(self, *args: Any, candidates: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made_up = [(PLAIN, _("Somebody made up")), (WORST, _("The longest of everything"))]
        people = [
            (title, [(each.value, f"{each.name} {each.staff_number}") for each in found])
            for title, found in by_scheme(candidates)
        ]
        self.fields["sitter"].choices = [*made_up, *people]  # type: ignore[attr-defined]

    def chosen(self) -> str:
        """The chosen sitter; somebody made up when nobody was, or none of these."""
        return (self.is_valid() and self.cleaned_data["sitter"]) or PLAIN


class DressForm(forms.Form):
    """Which seal and which signature stand under a theme."""

    seal = forms.ModelChoiceField(
        IssuerMark.objects.none(), label=_("Seal"), required=False, empty_label=_("The design's own seal")
    )
    signature = forms.ModelChoiceField(
        IssuerMark.objects.none(), label=_("Signature"), required=False, empty_label=_("No signature")
    )

    def __init__(self, *args: Any, marks: list[IssuerMark], carried: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in MarkKind:
            if kind not in carried:
                del self.fields[kind]
                continue
            own = [mark.pk for mark in marks if mark.kind == kind]
            self.fields[kind].queryset = IssuerMark.objects.filter(pk__in=own)  # type: ignore[attr-defined]


class MarkForm(forms.Form):
    """A new seal or signature, with the word that it is no emblem."""

    kind = forms.ChoiceField(label=_("Seal or signature"), choices=MarkKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("What it is called"), max_length=40)
    signer = forms.CharField(label=_("Who signs"), max_length=80, required=False)
    post = forms.CharField(
        label=_("Post of the signer"),
        max_length=40,
        required=False,
        help_text=_("Printed before the name, such as 院长."),
    )
    file = forms.FileField(
        label=_("Picture, PNG or JPEG"),
        help_text=_("A scan on white paper will do: the white becomes transparent. 5 MB at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    no_emblem = forms.BooleanField(
        label=_("The picture shows no national emblem, no party emblem and no flag"), required=False
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("This picture is larger than %(most)s MB.") % {"most": MOST_BYTES >> 20}
            )
        return file

    def words(self) -> MarkWords:
        said = self.cleaned_data
        return MarkWords(said["title"], said["signer"], said["post"])
