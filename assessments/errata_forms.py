"""What a learner and an author fill in about a reported question; the rules lie in `errata`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.bank import workflow
from assessments.bank.errata import ANSWER_LENGTH, TEXT_LENGTH
from assessments.models import ErratumKind, ErratumStatus, Question, QuestionStatus
from core.errors import Refusal


class ReportForm(forms.Form):
    """What is wrong, and in words."""

    kind = forms.ChoiceField(label=_("Kind of problem"), choices=ErratumKind, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In your words"),
        help_text=_(
            "5 to 1000 characters: where in the question, and what would be right. Cite options by what they say: "
            "their letters differ from person to person."
        ),
        widget=forms.Textarea(
            attrs={"rows": 5, "minlength": TEXT_LENGTH[0], "maxlength": TEXT_LENGTH[1]},
        ),
    )


class AnswerForm(forms.Form):
    """Accepted or not, and why; a question in use may be made suspect with it."""

    decision = forms.ChoiceField(
        label=_("What becomes of it?"),
        choices=[
            (ErratumStatus.ACCEPTED.value, _("Accepted: the question will be changed")),
            (ErratumStatus.DECLINED.value, _("The question stays as it is")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer to the learner"),
        help_text=_(
            "The learner reads it, even where right answers are still hidden from them. "
            "Do not write the right answer here while an exam that has this question is open."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": ANSWER_LENGTH[1]}),
    )
    doubt = forms.BooleanField(
        label=_("The question is suspect from now on"),
        help_text=_("New exams no longer take it. Papers and lessons that have it keep it."),
        required=False,
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not workflow.can_move(question, QuestionStatus.SUSPECT):
            del self.fields["doubt"]


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Show what an operation refused at the field its code names, or above the form."""
    form.add_error(refusal.code if refusal.code in form.fields else None, str(refusal))
