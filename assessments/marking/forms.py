"""Forms of the marking boards. The form of one script is made from its rubric (`assessments.forms.MarkForm`)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.admin.setting_fields import moment_field
from assessments.marking.plans import MOST_QUOTA, RANGES, PlanTerms
from assessments.plain_forms import PlainForm


def _whole(name: str, label: Any, help_text: Any = "") -> forms.IntegerField:
    least, most = RANGES[name]
    return forms.IntegerField(label=label, help_text=help_text, min_value=least, max_value=most)


class PlanForm(PlainForm):
    """How the marking of one exam is organised."""

    hold = _whole("hold", _("Scripts in hand at most"), _("How many a marker takes at once."))
    lease_minutes = _whole(
        "lease_minutes",
        _("Minutes a script stays in hand"),
        _("Then it is given to somebody else. Half a day is 240."),
    )
    undo_minutes = _whole(
        "undo_minutes",
        _("Minutes to take marks back"),
        _("So long a result waits after the last mark; 0 sends it at once."),
    )
    quota = forms.IntegerField(
        label=_("Scripts one marker marks at most"),
        help_text=_("Empty: as many as there are."),
        min_value=1,
        max_value=MOST_QUOTA,
        required=False,
    )
    due_at = moment_field(_("To be marked by"), _("Shown to the markers. Empty: no date."))

    @classmethod
    def of(cls, terms: PlanTerms) -> PlanForm:
        """The form as it stands before anybody typed."""
        return cls(initial={name: getattr(terms, name) for name in cls.base_fields})

    @property
    def terms(self) -> PlanTerms:
        """What was typed, after `is_valid`."""
        return PlanTerms(**self.cleaned_data)


class AnchorForm(PlainForm):
    """Which marked script becomes an anchor, and why it is worth what it is."""

    answer = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Why it is worth this"),
        help_text=_("Markers read it after they have marked the anchor."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
