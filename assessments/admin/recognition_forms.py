"""What is asked about prior certificates and practice. Rules live in the operations; a form reads what was typed."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.plain_forms import PlainForm
from assessments.schemes.entries import certificates_recognised, people_enterable_by, practised
from assessments.schemes.recognising import MOST_HOURS, WithdrawalReason
from competencies.models import Subject, SubjectKind
from people.models import Person

MOST_NAMED = 8


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PersonForm(PlainForm):
    """About whom: a staff number or a full name from the administrator's part of the organisation."""

    person = forms.CharField(
        label=gettext_lazy("Staff number or full name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, by: Person, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reachable = people_enterable_by(by, at=at)

    def clean_person(self) -> Person:
        said = self.cleaned_data["person"].strip()
        found = self._called(said)
        if not found:
            raise forms.ValidationError(_("Not found in your part of the organisation, or it is yourself."))
        exact = [each for each in found if each.account.staff_number == said]
        if len(exact or found) > 1:
            numbers = "、".join(each.account.staff_number for each in found)
            raise forms.ValidationError(
                _("Several people have this name. Write the staff number: %(numbers)s.")
                % {"numbers": numbers}
            )
        return (exact or found)[0]

    def _called(self, said: str) -> list[Person]:
        named = Q(account__staff_number=said) | Q(account__name=said)
        people = self.reachable.filter(named).select_related("account")
        return list(people.order_by("account__staff_number")[:MOST_NAMED])


class PracticeForm(PersonForm):
    """登记实践学时."""

    subject = forms.ModelChoiceField(label=gettext_lazy("Practised for"), queryset=Subject.objects.none())
    hours = forms.DecimalField(
        label=gettext_lazy("Hours practised"),
        help_text=gettext_lazy("At most one decimal, such as 4 or 2.5."),
        min_value=0,
        max_value=MOST_HOURS,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )
    on = forms.DateField(label=gettext_lazy("Day of the practice"), widget=_day())
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid4())
        field = self.fields["subject"]
        subjects = practised()
        field.queryset = subjects  # type: ignore[attr-defined]
        field.choices = [("", _("choose one")), *_by_kind(subjects)]  # type: ignore[attr-defined]

    def with_new_token(self) -> None:
        """What is sent next is another entry."""
        self.data = {**self.data.dict(), "token": str(uuid4())}  # type: ignore[attr-defined]


class CertificateForm(PersonForm):
    """认可既有证书."""

    subject = forms.ModelChoiceField(
        label=gettext_lazy("Kind of certificate"),
        queryset=Subject.objects.none(),
        empty_label=gettext_lazy("choose one"),
    )
    issued_on = forms.DateField(
        label=gettext_lazy("Day of issue on the certificate"),
        help_text=gettext_lazy("Where a rule asks for a certificate that is not too old, this day counts."),
        widget=_day(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = certificates_recognised()  # type: ignore[attr-defined]


class KindForm(PlainForm):
    """A kind of certificate that schemes can ask for."""

    title = forms.CharField(
        label=gettext_lazy("What the certificate is called"),
        help_text=gettext_lazy("In full, as it is printed on it."),
        max_length=120,
    )
    key = forms.SlugField(
        label=gettext_lazy("Stable key"),
        help_text=gettext_lazy("Schemes call the kind by it for ever. The proposed one will do."),
        max_length=64,
    )

    def clean(self) -> dict[str, Any]:
        """A key that is taken with another title stays what it is: rules ask for it."""
        said = self.cleaned_data
        taken = Subject.objects.filter(kind=SubjectKind.CERTIFICATE, key=said.get("key", "")).first()
        if taken and said.get("title", taken.title) != taken.title:
            self.add_error("key", _("“%(title)s” has this key already.") % {"title": taken.title})
        return said


class WithdrawForm(PlainForm):
    """Why an entry is taken back."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why it is withdrawn"), choices=WithdrawalReason.choices, widget=forms.RadioSelect
    )


def _by_kind(subjects: QuerySet[Subject]) -> list[tuple[str, list[tuple[int, str]]]]:
    """The choices under the kinds they are of."""
    return [
        (str(SubjectKind(kind).label), [(each.pk, each.title) for each in group])
        for kind, group in groupby(subjects, key=lambda each: each.kind)
    ]
