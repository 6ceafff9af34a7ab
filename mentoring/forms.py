"""Forms of the record page. Rules live in the operations; a form only reads what was typed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from mentoring import endorsements, sessions
from mentoring.models import MINUTES
from mentoring.record import GoalLine
from mentoring.terms import Judgement, Method

SKIP = "skip"


class SessionForm(forms.Form):
    """One meeting. The hidden key makes a second submit the same record."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    held_on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=MINUTES[0], max_value=MINUTES[1])
    method = forms.ChoiceField(label=_("How you met"), choices=Method)
    text = forms.CharField(
        label=_("What was done"),
        help_text=_("What you did, what went well, what comes next. Both of you can read it."),
        max_length=sessions.TEXT_LENGTH[1],
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ChangeForm(forms.Form):
    """What the other side should write differently."""

    comment = forms.CharField(
        label=_("What should be changed?"),
        max_length=sessions.COMMENT_LENGTH[1],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EndorsementForm(forms.Form):
    """One judgement per goal, and the reasons."""

    text = forms.CharField(
        label=_("Your reasons"),
        help_text=_("20 to 1000 characters: what you saw this person do. The mentee can read it."),
        min_length=endorsements.TEXT_LENGTH[0],
        max_length=endorsements.TEXT_LENGTH[1],
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, goals: Iterable[GoalLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goals = tuple(goals)
        choices = [*Judgement.choices, (SKIP, _("Not judged this time"))]
        for goal in self.goals:
            self.fields[f"goal_{goal.id}"] = forms.ChoiceField(
                label=f"{goal.leaf_title}　{goal.text}",
                choices=choices,
                initial=SKIP,
                widget=forms.RadioSelect,
            )
        self.order_fields([*(f"goal_{goal.id}" for goal in self.goals), "text"])

    def judgements(self) -> dict[int, Judgement]:
        """Goal id → judgement, for the goals that were judged."""
        said = {goal.id: self.cleaned_data[f"goal_{goal.id}"] for goal in self.goals}
        return {goal_id: Judgement(value) for goal_id, value in said.items() if value != SKIP}


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Show what an operation refused at the field its code names, or above the form."""
    field = refusal.code if refusal.code in form.fields else None
    form.add_error(field, str(refusal))
