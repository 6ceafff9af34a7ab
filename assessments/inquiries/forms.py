"""What is written about a sitting: a finding, an objection, an answer to it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.inquiries.findings import TEXT_LENGTH
from assessments.models import Attempt, Inquiry, Verdict
from people.accounts import names_of
from people.models import Person

LENGTHS = {"minlength": TEXT_LENGTH[0], "maxlength": TEXT_LENGTH[1]}


class FindingForm(forms.Form):
    """What was found; `key` lets a double click be one finding."""

    verdict = forms.ChoiceField(label=_("What did you find?"), choices=Verdict, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In your words"),
        help_text=_(
            "What you saw, not what you suspect. The candidate reads it. Needed for a note, 5 to 1000 characters."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH[1]}),
    )
    key = forms.CharField(widget=forms.HiddenInput)


class ObjectionForm(forms.Form):
    """What is wrong with a finding."""

    text = forms.CharField(
        label=_("Your objection"),
        help_text=_(
            "5 to 1000 characters, once for each finding. Do not write your name: whoever answers may also mark papers."
        ),
        widget=forms.Textarea(attrs={"rows": 4, **LENGTHS}),
    )


class ReplyForm(forms.Form):
    """The answer of somebody else."""

    text = forms.CharField(
        label=_("Answer to the candidate"),
        help_text=_(
            "5 to 1000 characters. If the finding does not hold, record a new one: the newest stands."
        ),
        widget=forms.Textarea(attrs={"rows": 4, **LENGTHS}),
    )


@dataclass(frozen=True)
class Finding:
    """A finding with the names of who found and who answered ("" where they are not told), and what may be written
    next by whoever looks: an objection, an answer, or nothing."""

    inquiry: Inquiry
    finder: str
    replier: str
    form: forms.Form | None


def findings_for_answer(
    attempt: Attempt, *, viewer: Person, refused: tuple[int, forms.Form | None] = (0, None)
) -> tuple[Finding, ...]:
    """The findings about a sitting, newest first, as colleagues see them; somebody else than the finder may answer.

    Two queries.
    """
    found = list(attempt.inquiries.order_by("-found_at", "-pk"))
    named = {each.found_by_id for each in found} | {
        each.replied_by_id for each in found if each.replied_by_id
    }
    names = names_of(named)
    return tuple(
        Finding(
            each,
            names.get(each.found_by_id, ""),
            names.get(each.replied_by_id, "") if each.replied_by_id else "",
            _form(ReplyForm, "reply", each, refused)
            if each.objected_at and not each.replied_at and each.found_by_id != viewer.pk
            else None,
        )
        for each in found
    )


def findings_for_objection(
    attempt: Attempt, *, refused: tuple[int, forms.Form | None] = (0, None)
) -> tuple[Finding, ...]:
    """The same as the candidate sees them, without names. One query."""
    return tuple(
        Finding(each, "", "", None if each.objected_at else _form(ObjectionForm, "objection", each, refused))
        for each in attempt.inquiries.order_by("-found_at", "-pk")
    )


def _form(
    kind: type[forms.Form], name: str, inquiry: Inquiry, refused: tuple[int, forms.Form | None]
) -> forms.Form:
    """The form about this finding, as it was refused or empty; ids are unique on the page."""
    number, form = refused
    return form if form is not None and number == inquiry.pk else kind(auto_id=f"{name}-{inquiry.pk}-%s")
