"""What one may ask the register for, as a form that stands in the address of the page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.models import SchemeVersion
from certificates.models import Succession
from certificates.register.searching import matching
from certificates.register.standings import with_standing
from certificates.standing import Standing
from people.models import Membership, Organisation

ENDING_WITHIN = (7, 30, 90)


class RegisterForm(forms.Form):
    """Every field may be left empty; `narrow` takes what is said and leaves the rest."""

    q = forms.CharField(label=_("Name, number or place"), required=False, max_length=80)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        to_field_name="code",
        label=_("Organisation"),
        required=False,
        empty_label=_("Everywhere"),
    )
    standing = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("All states")), *((one.value, one.label) for one in Standing)],
    )
    ending = forms.TypedChoiceField(
        label=_("Runs out"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [("", _("At any time")), *((days, _within(days)) for days in ENDING_WITHIN)],
    )
    succession = forms.ChoiceField(
        label=_("Kind of issue"),
        required=False,
        choices=lambda: [
            ("", _("All kinds")),
            ("first", _("First issue")),
            *((one.value, one.label) for one in Succession),
        ],
    )
    since = forms.DateField(
        label=_("Issued from"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Issued until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, *, organisations: QuerySet[Organisation]) -> None:
        super().__init__(data)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        schemes = SchemeVersion.objects.newest().order_by("title").values_list("key", "title")
        self.fields["scheme"].choices = [("", _("All schemes")), *schemes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first: exchange them."))
        return said

    def narrow(self, certificates: QuerySet[Any], *, on: date) -> QuerySet[Any]:
        """The certificates asked for, each with its `standing_now`. What could not be read narrows nothing."""
        said = self.cleaned_data
        found = matching(with_standing(certificates, on=on), said.get("q", ""))
        if said.get("scheme"):
            found = found.filter(scheme_version__key=said["scheme"])
        if said.get("organisation"):
            found = found.filter(_works_in(said["organisation"], on))
        if said.get("standing"):
            found = found.filter(standing_now=said["standing"])
        if said.get("succession"):
            found = found.filter(follows_as="" if said["succession"] == "first" else said["succession"])
        if said.get("ending"):
            last = on + timedelta(days=said["ending"])
            found = found.filter(standing_now=Standing.VALID, valid_until__lte=last)
        if said.get("since"):
            found = found.filter(issued_at__date__gte=said["since"])
        if said.get("until"):
            found = found.filter(issued_at__date__lte=said["until"])
        return found

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return any(self.cleaned_data.get(name) for name in self.fields)


def _within(days: int) -> str:
    return _("Within %(days)s days") % {"days": days}


def _works_in(organisation: Organisation, on: date) -> Exists:
    """The holder works in this organisation's subtree today."""
    members = Membership.objects.active(on=on).filter(organisation__path__startswith=organisation.path)
    return Exists(members.filter(person=OuterRef("person")))
