"""What people fill in to take a step; the rules themselves live in the operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.life.timeline import CASE_TITLES
from certificates.models import CaseKind, Reason
from certificates.revoking import REASONS
from certificates.suspending import WHY_RESTORED, WHY_SUSPENDED

LONGEST_NOTE = 1000


class StepForm(forms.Form):
    """Reason for strangers, note for colleagues."""

    reason = forms.ChoiceField(label=_("Reason, shown on the public page"))
    note = forms.CharField(
        label=_("Note for colleagues"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reasons: Sequence[Reason] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(reason.value, reason.label) for reason in self.reasons]
        self.fields["reason"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]

    def chosen_reason(self) -> Reason:
        return Reason(self.cleaned_data["reason"])


class SuspensionForm(StepForm):
    """Why it is not to be relied on for now."""

    reasons = WHY_SUSPENDED


class RestoringForm(StepForm):
    """Why it may be relied on again; the public page then shows no reason, the holder is told it."""

    reasons = WHY_RESTORED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Reason, told to the holder")


class RevocationForm(StepForm):
    """Besides, a tick, because there is no way back."""

    reasons = REASONS
    sure = forms.BooleanField(label=_("I know that a revoked certificate never becomes valid again"))


class CorrectionForm(forms.Form):
    """What is wrong; everything else is read from the accounts."""

    why = forms.CharField(
        label=_("What is wrong with it"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Whoever approves reads this. Correct the account first: the new certificate takes it from there."
        ),
    )


class SettlingForm(forms.Form):
    """Why a case ends as it does."""

    note = forms.CharField(
        label=_("Why this is decided"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For colleagues."),
    )


class AnsweringForm(SettlingForm):
    """The same, as an answer to a holder."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = _("For colleagues, and for the holder who asked.")


class RevokingCaseForm(SettlingForm):
    """With the reason that strangers read, and the tick."""

    reason = forms.ChoiceField(
        label=_("Reason, shown on the public page"),
        choices=lambda: [("", "—"), *((reason.value, reason.label) for reason in REASONS)],
    )
    sure = forms.BooleanField(label=_("I know that a revoked certificate never becomes valid again"))
    field_order = ("reason", "note", "sure")


class CaseFilterForm(forms.Form):
    """Which cases are listed."""

    OPEN, SETTLED, ALL, ANY = "open", "settled", "all", "any"

    state = forms.ChoiceField(
        label=_("State"),
        choices=[(OPEN, _("To be looked at")), (SETTLED, _("Settled")), (ALL, _("Open and settled"))],
    )
    kind = forms.ChoiceField(
        label=_("Reason of the case"),
        choices=[(ANY, _("Everything")), *((kind.value, CASE_TITLES[kind]) for kind in CaseKind)],
    )
