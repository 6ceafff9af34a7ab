"""What may be changed in a release that people sat: its questions, the keys that hold now, and those to choose from.

A key is corrected in the bank first, through the one editor there is: offered are the versions of the question that ask
the same and answer differently.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from assessments.items import item_type
from assessments.items.checking import as_text
from assessments.models import ExamItem, ExamVersion, QuestionVersion
from assessments.plain_forms import PlainForm
from assessments.presenting import stored_order
from assessments.regrading.changes import keys_offered
from assessments.regrading.terms import ItemTerms, Terms, Void, terms_of

KEY = "key:"
VOIDS = {
    Void.DROP.value: gettext_lazy("void: it does not count for anybody"),
    Void.FULL.value: gettext_lazy("void: full marks for everybody"),
}
COUNT = "count"
LONGEST_KEY = 60


@dataclass(frozen=True)
class ItemChoice:
    """A question of a release: what it asks, what counts as right now, what it is worth, and the other keys there are
    (id of the version, in words). `void` says that an earlier correction took it out."""

    number: int
    stem: str
    question_id: int
    question_key: str
    right: str
    points: str
    void: str
    keys: tuple[tuple[int, str], ...]

    @property
    def options(self) -> list[tuple[str, Any]]:
        """What may be done with it, as the form offers it."""
        found: list[tuple[str, Any]] = [("", _("leave it as it is"))]
        found += [(f"{KEY}{pk}", words) for pk, words in self.keys]
        found += [(how, words) for how, words in VOIDS.items() if how != self.void]
        if self.void:
            found.append((COUNT, _("let it count again")))
        return found


def choices_of(version: ExamVersion, *, numbers: Collection[int] = ()) -> list[ItemChoice]:
    """The questions of the release in its order, or those of these numbers. Six queries at most."""
    items = ExamItem.objects.filter(exam_version=version).select_related("question_version__question")
    if numbers:
        items = items.filter(number__in=numbers)
    terms, offered = terms_of(version), keys_offered(version)
    return [_choice(item, terms, offered.get(item.number, ())) for item in items.order_by("number")]


def key_in_words(version: QuestionVersion, answer: Mapping[str, Any]) -> str:
    """What counts as right by this key: B　乙. For a question that a person marks, its criteria."""
    kind, order = item_type(version.type), stored_order(version)
    if kind.marked_by_person:
        criteria = [f"{each['text']} {each['max']}" for each in answer.get("criteria", ())]
        return pgettext("between things", ", ").join(criteria)
    right = [kind.in_words(version.body, order, each) for each in kind.right_responses(version.body, answer)]
    return _(" or ").join(right)


def _choice(item: ExamItem, terms: Terms, offered: Sequence[QuestionVersion]) -> ItemChoice:
    version, holds = item.question_version, terms.of(item)
    return ItemChoice(
        number=item.number,
        stem=version.body["stem"],
        question_id=version.question_id,
        question_key=version.question.key,
        right=key_in_words(version, holds.answer),
        points=as_text(holds.points),
        void=holds.void.value,
        keys=tuple((each.pk, _offer(each, holds)) for each in offered),
    )


def _offer(version: QuestionVersion, holds: ItemTerms) -> str:
    """What taking the key of this version means."""
    words = Truncator(key_in_words(version, version.answer)).chars(LONGEST_KEY, truncate="…")
    if version.answer == holds.answer:
        template = _("same key, other explanation (version %(number)s of %(day)s)")
    else:
        template = _("take the key: %(key)s (version %(number)s of %(day)s)")
    stored = date_format(timezone.localtime(version.stored_at), "SHORT_DATE_FORMAT")
    return template % {"key": words, "number": version.number, "day": stored}


class ChangesForm(PlainForm):
    """What a regrade changes, and why; one choice and one number for each question shown."""

    percent = forms.DecimalField(
        label=gettext_lazy("Percentage of the points to pass"),
        help_text=gettext_lazy("Empty: it stays as it is."),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, told to the candidates"),
        help_text=gettext_lazy(
            "Say what was wrong and what is done about it. Everybody whose result changes reads it, and nothing else."
            " Write no question numbers: they differ from paper to paper, and the notice adds those of each paper."
        ),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, *args: Any, items: Sequence[ItemChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.items = items
        for each in items:
            self.fields[f"what-{each.number}"] = forms.ChoiceField(
                label=_("What is done with question %(number)s") % {"number": each.number},
                choices=each.options,
                required=False,
            )
            self.fields[f"points-{each.number}"] = forms.DecimalField(
                label=_("Points of question %(number)s") % {"number": each.number},
                min_value=Decimal("0.01"),
                max_digits=6,
                decimal_places=2,
                required=False,
                widget=forms.NumberInput({"placeholder": each.points}),
            )
            self.speak(f"what-{each.number}", f"points-{each.number}")

    @property
    def rows(self) -> list[tuple[ItemChoice, Any, Any]]:
        """Every question with its two fields."""
        return [(each, self[f"what-{each.number}"], self[f"points-{each.number}"]) for each in self.items]

    def changes(self) -> list[dict[str, Any]]:
        """As `draft_regrade` takes them, of a form that is valid."""
        return [*self._changes()]

    def _changes(self) -> Iterator[dict[str, Any]]:
        for each in self.items:
            what, points = (self.cleaned_data.get(f"{name}-{each.number}") for name in ("what", "points"))
            if what:
                yield _change(each.number, what)
            if points is not None and as_text(points) != each.points:
                yield {"kind": "points", "item": each.number, "points": as_text(points)}
        if self.cleaned_data.get("percent") is not None:
            yield {"kind": "pass", "percent": as_text(self.cleaned_data["percent"])}


def _change(number: int, what: str) -> dict[str, Any]:
    if what.startswith(KEY):
        return {"kind": "key", "item": number, "question_version": int(what.removeprefix(KEY))}
    return {"kind": "void", "item": number, "how": what}


def initial_of(changes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What the form shows for changes that were made before."""
    initial = {}
    for change in changes:
        match change["kind"]:
            case "key":
                initial[f"what-{change['item']}"] = f"{KEY}{change['question_version']}"
            case "void":
                initial[f"what-{change['item']}"] = change["how"]
            case "points":
                initial[f"points-{change['item']}"] = change["points"]
            case _:
                initial["percent"] = change["percent"]
    return initial
