"""What is filled in to name a deputy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from people.models import Person


class DeputyForm(forms.Form):
    """Somebody by their staff number, and the days. The rules live in `name_deputy`."""

    staff_number = forms.CharField(
        label=_("Staff number of the deputy"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def clean_staff_number(self) -> Person:
        """Whose number it is. Strangers and unknown numbers get the same answer."""
        typed = self.cleaned_data["staff_number"].strip()
        person = Person.objects.filter(account__staff_number=typed, account__is_active=True).first()
        if person is None:
            raise forms.ValidationError(_t("Nobody with this staff number works in your organisations."))
        return person

    def add_refusal(self, code: str, message: str) -> None:
        """Say a refusal of the operation at the field it is about."""
        field = {"deputy": "staff_number"}.get(code, code)
        self.add_error(field if field in self.fields else None, message)


def named_deputy(form: DeputyForm) -> dict[str, Any]:
    """A valid form as `name_deputy` takes it."""
    said = form.cleaned_data
    return {"deputy": said["staff_number"], "since_on": said["since_on"], "until_on": said["until_on"]}
