"""What the columns of a score matrix are: the items of a release, on the terms in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from assessments.items import item_type
from assessments.items.choices import option_ids
from assessments.models import ExamVersion
from assessments.regrading.terms import Terms, Void, terms_of

CHOSEN = frozenset({"single", "multiple", "true_false"})
"""Types whose answer is a set of options."""
MOST_OPTIONS = 31
"""Options of a question beyond which choices are not counted: a set of them is kept in one integer."""
LONGEST_STEM = 200


@dataclass(frozen=True)
class Column:
    """One item. `max` is in points; `guess` is what blind guessing earns, None where guessing has no meaning.

    `options` are ids in stored order, none where the answer is not a set of options; `right` are those that are right.
    `leaves` maps leaf keys to shares that add up to 1.
    """

    number: int
    item_id: int
    question: str
    question_id: int
    version: int
    title: str
    section: int
    type: str
    max: float
    guess: float | None
    leaves: Mapping[str, float]
    options: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    void: str = ""

    @property
    def guess_share(self) -> float | None:
        return None if self.guess is None or not self.max else self.guess / self.max


@dataclass(frozen=True)
class Layout:
    """The columns in the order of their numbers. `points` and `pass_points` are of a whole paper, NULL-free floats."""

    columns: tuple[Column, ...]
    sections: tuple[str, ...]
    points: float
    pass_percent: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Layout:
        columns = tuple(_column_from(each) for each in said["columns"])
        return cls(columns, tuple(said["sections"]), said["points"], said["pass_percent"])


def _column_from(said: Mapping[str, Any]) -> Column:
    values: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in said.items()
    }
    return Column(**values)


def layout_of(version: ExamVersion) -> Layout:
    """The items of a release as they are scored now. Three queries at most."""
    terms = terms_of(version)
    items = version.items.select_related("question_version__question").order_by("number")
    titles = tuple(each.get("title", "") for each in version.document.get("sections", ()))
    return Layout(
        columns=tuple(_column(item, terms) for item in items),
        sections=titles,
        points=float(version.points),
        pass_percent=float(terms.pass_percent),
    )


def _column(item: Any, terms: Terms) -> Column:
    version, said = item.question_version, terms.of(item)
    kind = item_type(version.type)
    guess = kind.random_guess_score(version.body, said.answer, said.points)
    ids = option_ids(version.body) if version.type in CHOSEN else []
    counted = ids if len(ids) <= MOST_OPTIONS else []
    texts = {each["id"]: each["text"] for each in version.body["options"]} if counted else {}
    correct = said.answer.get("correct", ()) if counted else ()
    return Column(
        number=item.number,
        item_id=item.pk,
        question=version.question.key,
        question_id=version.question_id,
        version=version.number,
        title=version.body["stem"][:LONGEST_STEM],
        section=item.section,
        type=version.type,
        max=0.0 if said.void == Void.DROP else float(said.points),
        guess=None if guess is None else float(guess),
        leaves=_shares(version.leaves),
        options=tuple(counted),
        texts=tuple(texts[each] for each in counted),
        right=(correct,) if isinstance(correct, str) else tuple(correct),
        void=said.void.value,
    )


def _shares(leaves: Mapping[str, Any]) -> dict[str, float]:
    """Weights in proportion, so that an item's points are spread over its leaves as evidence spreads them."""
    weights = {leaf: Decimal(str(weight)) for leaf, weight in leaves.items()}
    total = sum(weights.values(), Decimal(0))
    return {leaf: float(weight / total) for leaf, weight in weights.items()} if total else {}
