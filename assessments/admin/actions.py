"""What an author does with several questions at once: take them a step further, or file them differently."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.bank.cataloguing import LONGEST_TAG, Filing, file_question, filing_of
from assessments.bank.workflow import NEEDS_A_REASON, check_move, move_questions
from assessments.models import Question, QuestionStatus
from core.errors import Refusal
from people.models import Account, Person, Role, RoleAssignment


class NothingForm(forms.Form):
    """Nothing is asked."""


class ReasonForm(forms.Form):
    """Why, for those who come later."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for the step"),
        help_text=gettext_lazy("Other authors read it in the history of each question."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        max_length=1000,
    )


class CategoryForm(forms.Form):
    """A path of names with slashes; empty for none."""

    category = forms.CharField(
        label=gettext_lazy("Category"),
        help_text=gettext_lazy(
            "Names from wide to narrow with slashes between; leave it empty for no category."
        ),
        max_length=200,
        required=False,
    )


class TagForm(forms.Form):
    """One tag."""

    tag = forms.CharField(label=gettext_lazy("Tag"), max_length=LONGEST_TAG)


class DayForm(forms.Form):
    """The day of the next review."""

    review_on = forms.DateField(
        label=gettext_lazy("Review by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _authors() -> list[tuple[str, str]]:
    held = RoleAssignment.objects.active(on=timezone.localdate()).filter(role=Role.AUTHOR)
    accounts = Account.objects.filter(person__in=held.values("person"), is_active=True)
    rows = accounts.order_by("staff_number").values_list("person", "name", "staff_number")
    return [(str(pk), f"{name}　{number}") for pk, name, number in rows]


class AuthorForm(forms.Form):
    """Who answers for the questions from now on."""

    author = forms.ChoiceField(label=gettext_lazy("Author"), choices=_authors)


@dataclass(frozen=True)
class Action(ABC):
    """One thing to do: its name on the page, and what it asks."""

    title: str | Promise
    form: type[forms.Form]

    def obstacle(self, question: Question) -> str:
        """Why it cannot be done with this question; empty when it can."""
        return ""

    @abstractmethod
    def run(
        self, questions: Sequence[Question], data: Mapping[str, Any], *, by: Person, now: datetime
    ) -> tuple[str, ...]:
        """Do it with each; the keys of those it was done with. Raises Refusal when it can be done with none."""


@dataclass(frozen=True)
class Move(Action):
    """A step in the life of a question."""

    to: QuestionStatus

    def obstacle(self, question: Question) -> str:
        if question.status == self.to:
            return _("%(key)s is “%(now)s” already.") % {
                "key": question.key,
                "now": question.get_status_display(),
            }
        try:
            check_move(question, self.to, reason="-")
        except Refusal as refusal:
            return str(refusal)
        return ""

    def run(
        self, questions: Sequence[Question], data: Mapping[str, Any], *, by: Person, now: datetime
    ) -> tuple[str, ...]:
        keys = [question.key for question in questions]
        return move_questions(keys=keys, to=self.to, by=by, now=now, reason=data.get("reason", "")).moved


class File(Action):
    """Another place for a question in the bank."""

    def run(
        self, questions: Sequence[Question], data: Mapping[str, Any], *, by: Person, now: datetime
    ) -> tuple[str, ...]:
        for question in questions:
            file_question(question=question, filing=self.filed(filing_of(question), data), by=by, now=now)
        return tuple(question.key for question in questions)

    @abstractmethod
    def filed(self, filing: Filing, data: Mapping[str, Any]) -> Filing:
        """How a question filed like this is filed afterwards."""


class SetCategory(File):
    """One category for all."""

    def filed(self, filing: Filing, data: Mapping[str, Any]) -> Filing:
        return replace(filing, category=data["category"])


class AddTag(File):
    """One tag more."""

    def filed(self, filing: Filing, data: Mapping[str, Any]) -> Filing:
        return replace(filing, tags=(*filing.tags, data["tag"]))


class RemoveTag(File):
    """One tag less."""

    def filed(self, filing: Filing, data: Mapping[str, Any]) -> Filing:
        return replace(filing, tags=tuple(tag for tag in filing.tags if tag != data["tag"].strip()))

    def obstacle(self, question: Question) -> str:
        return "" if question.tags else _("%(key)s has no tags.") % {"key": question.key}


class SetReview(File):
    """One day of review for all."""

    def filed(self, filing: Filing, data: Mapping[str, Any]) -> Filing:
        return replace(filing, review_on=data["review_on"])


class SetAuthor(File):
    """One author for all."""

    def filed(self, filing: Filing, data: Mapping[str, Any]) -> Filing:
        return replace(filing, author=Person(pk=data["author"]))


def _move(to: QuestionStatus, title: Promise) -> Move:
    return Move(title, ReasonForm if to in NEEDS_A_REASON else NothingForm, to)


STEPS: Mapping[QuestionStatus, Promise] = {
    QuestionStatus.REVIEWED: gettext_lazy("Mark as reviewed"),
    QuestionStatus.LIVE: gettext_lazy("Put into use"),
    QuestionStatus.SUSPECT: gettext_lazy("Mark as suspect"),
    QuestionStatus.RETIRED: gettext_lazy("Retire"),
    QuestionStatus.DRAFT: gettext_lazy("Back to draft"),
}
"""What a button says that leads to this status, in the order of buttons."""

ACTIONS: Mapping[str, Action] = {
    **{to.value: _move(to, title) for to, title in STEPS.items()},
    "category": SetCategory(gettext_lazy("Set the category"), CategoryForm),
    "tag": AddTag(gettext_lazy("Add a tag"), TagForm),
    "untag": RemoveTag(gettext_lazy("Remove a tag"), TagForm),
    "review": SetReview(gettext_lazy("Set the day of review"), DayForm),
    "author": SetAuthor(gettext_lazy("Set the author"), AuthorForm),
}
EXPORT = "export"
"""Offered beside these: it has a page of its own."""
