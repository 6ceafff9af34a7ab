"""Forms of what is written beside a run. Rules live in the operations; a form only reads what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from library.models import ListKind
from simulations.reviewing import homework, notes


class NoteForm(forms.Form):
    """A remark at a step, or about the run as a whole."""

    step = forms.TypedChoiceField(label=_("About which step"), coerce=int)
    text = forms.CharField(
        label=_("Note in the margin"),
        help_text=_("At most 1000 characters. The person whose run it is reads it, nobody else is told."),
        max_length=notes.MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, places: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = step_choices(places)  # type: ignore[attr-defined]


class HomeworkForm(forms.Form):
    """An entry for the four lists."""

    kind = forms.ChoiceField(
        label=_("Which of the four lists?"),
        choices=ListKind,
        widget=forms.RadioSelect,
        initial=ListKind.PRACTICE,
    )
    title = forms.CharField(
        label=_("In one line"),
        help_text=_("What somebody who looks for it would recognise, at most 80 characters."),
        max_length=homework.TITLE_LENGTH,
    )
    text = forms.CharField(
        label=_("The entry"),
        help_text=_("When it matters, what to do or to avoid, how one notices. No names, no addresses."),
        min_length=homework.LEAST_TEXT,
        error_messages={
            "min_length": _("Write at least ten characters: when it matters, and what to do or to avoid.")
        },
        max_length=homework.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    step = forms.TypedChoiceField(label=_("Where in the run you learnt it"), coerce=int)

    def __init__(self, *args: Any, places: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = step_choices(places)  # type: ignore[attr-defined]

    def words(self) -> homework.Words:
        """What was typed, once it is valid."""
        return homework.Words(**self.cleaned_data)


class AdviceForm(forms.Form):
    """What the writer should do differently."""

    advice = forms.CharField(
        label=pgettext_lazy("homework", "Advice"),
        help_text=_("What is missing, and one question that helps. The writer reads it."),
        max_length=homework.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def step_choices(places: tuple[tuple[int, str], ...]) -> list[tuple[int, str]]:
    """The whole run, then its steps."""
    steps = [
        (number, gettext("Step %(number)s, %(title)s") % {"number": number, "title": title})
        for number, title in places
    ]
    return [(0, gettext("The run as a whole")), *steps]
