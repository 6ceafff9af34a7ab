"""What every question type can do. Pure: no Django, no clock, no random numbers.

A question is two JSON objects. `body` is what a candidate may see (stem, media, options); `key` is what they may not
(the right answer, the rule of scoring, the rubric). They are stored apart, and `present` is never given the key.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any, ClassVar, TypeAlias

from assessments.items.authoring import Pick, Sheet, Values, Written
from assessments.items.checking import as_text, check_fields, check_flag, check_one_of, check_text
from assessments.items.forms import Form
from assessments.items.media import check_media
from assessments.items.problems import ItemInvalid, Message, Problems
from assessments.items.problems import gettext_noop as _

JSONObject: TypeAlias = Mapping[str, Any]

# Normalised, JSON-able; None means unanswered, in every type.
Response: TypeAlias = str | list[str] | dict[str, str] | None

RIGHT, WRONG, MISSED = "right", "wrong", "missed"


@dataclass(frozen=True)
class Score:
    """What an answer earned out of `max` points. `detail` says why, by option, pair or criterion.

    `needs_marking`: a person has yet to look; `points` is then 0 and provisional. `detail` gives the key away.
    """

    points: Decimal
    max: Decimal
    needs_marking: bool = False
    detail: Mapping[str, str] = field(default_factory=dict, hash=False)

    def as_json(self) -> dict[str, Any]:
        return {
            "points": as_text(self.points),
            "max": as_text(self.max),
            "needs_marking": self.needs_marking,
            "detail": dict(self.detail),
        }


def permutation(ids: Sequence[str], seed: str | int) -> list[str]:
    """The ids in an order that depends on the seed and on nothing else: same on every machine and Python.

    Sorted by SHA-256 of seed and id, so `random`'s algorithm, PYTHONHASHSEED and the stored order have no say.
    """
    return sorted(ids, key=lambda each: (sha256(f"{seed}\x00{each}".encode()).digest(), each))


def share_of(points: Decimal, share: Fraction) -> Decimal:
    """That share of the points, to the hundredth, halves rounded up."""
    exact = Fraction(points) * share
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


class ItemType(ABC):
    """One question type. Stateless; the registry holds one instance.

    `title` is an English msgid; `rank` orders the types where people choose from them. `template` draws its `Form`:
    `assessments/items/<template>.html`. `rules` names the scoring rules a key may choose, each with the msgid that
    tells candidates about it without giving the answer away.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    rank: ClassVar[int] = 99
    template: ClassVar[str]
    rules: ClassVar[Mapping[str, str]]
    marked_by_person: ClassVar[bool] = False
    body_fields: ClassVar[frozenset[str]] = frozenset({"stem"})
    body_options: ClassVar[frozenset[str]] = frozenset()
    key_fields: ClassVar[frozenset[str]] = frozenset({"rule"})
    key_options: ClassVar[frozenset[str]] = frozenset()

    def validate(self, body: object, key: object) -> None:
        """Raise ItemInvalid with every problem of the question; a question that passes can be shown and scored."""
        problems = Problems()
        body_ = check_fields(problems, "body", body, self.body_fields, self.body_options | {"media"})
        key_ = check_fields(problems, "key", key, self.key_fields, self.key_options)
        if "stem" in body_:
            check_text(problems, "body.stem", body_["stem"])
        if "media" in body_:
            check_media(problems, "body.media", body_["media"])
        if "rule" in key_:
            check_one_of(problems, "key.rule", key_["rule"], self.rules)
        if "explanation_cites_options" in key_:
            check_flag(problems, "key.explanation_cites_options", key_["explanation_cites_options"])
        self.check_body(body_, problems)
        self.check_key(body_, key_, problems)
        problems.raise_if_any(ItemInvalid)

    @abstractmethod
    def check_body(self, body: JSONObject, problems: Problems) -> None:
        """Add what is wrong with this type's own fields; any field may be missing or of any shape."""

    @abstractmethod
    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        """Likewise for the key. The body may be broken too."""

    def option_order(self, body: JSONObject, seed: str | int) -> list[str]:
        """The ids to shuffle in the order this seed gives; empty when the type has nothing to shuffle.

        The seed should name the paper and the question: one seed for a whole paper would move equal ids alike.
        """
        return []

    @abstractmethod
    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        """What a candidate's page needs, options in the given order (as `option_order` gave it).

        Raises ValueError when the order is not a permutation of the ids.
        """

    @abstractmethod
    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        """The inputs, called `name` or `name.part`, with this response filled in: a cleaned one, or what was posted
        and refused."""

    @abstractmethod
    def clean_response(self, body: JSONObject, raw: object) -> Response:
        """Posted data (a string, a list of strings, or an object) in the one form that is stored; None if unanswered.

        Raises ResponseInvalid for unknown ids and wrong shapes.
        """

    @abstractmethod
    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        """The worth of a cleaned response, out of `points`. Unanswered is 0."""

    def random_guess_score(self, body: JSONObject, key: JSONObject, points: Decimal) -> Decimal | None:
        """Expected points of someone who answers blindly, to six places; None where guessing has no meaning."""
        return None

    @abstractmethod
    def summarise(self, body: JSONObject, response: Response) -> str:
        """The response as one line of text for tables; empty when unanswered."""

    def in_words(self, body: JSONObject, order: Sequence[str], response: Response) -> str:
        """The same for whoever saw the options in this order: with the labels they had."""
        return self.summarise(body, response)

    def cited(self, body: JSONObject, order: Sequence[str]) -> list[tuple[str, str]]:
        """What an explanation may cite, as it was shown in this order: (label, text)."""
        return []

    def right_responses(self, body: JSONObject, key: JSONObject) -> list[Response]:
        """Responses that earn full marks, one for each that is told apart; none where a person marks."""
        return []

    def rule_note(self, key: JSONObject) -> Message:
        """How marks are given, to be told to the candidate."""
        return Message(self.rules[key["rule"]])

    def sheet(self) -> Sheet:
        """The form that authors write a question of this type on, without what every question has (stem, media).

        Empty while the type cannot be written here: such questions only come in by import.
        """
        return ()

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        """What the fields of the sheet say for a valid question: see `assessments.items.authoring`."""
        return {}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        """The question that the fields of the sheet say, valid or not. `before` is the question as it was, body and
        key, from which entries that stay keep what the fields do not show."""
        return Written({}, {})

    def rule_pick(self) -> Pick:
        """The choice of how marks are given, in the words candidates read."""
        choices = tuple((rule, self.rule_note({"rule": rule})) for rule in self.rules)
        return Pick("rule", _("How marks are given"), choices)

    def explain(self, body: JSONObject, key: JSONObject, explanation: str, order: Sequence[str]) -> str:
        """The explanation, with the options it cites by letter or number renamed to what this candidate saw."""
        return explanation
