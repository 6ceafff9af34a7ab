"""Ordering: put steps into sequence.

body: {stem, options: [{id, text}]}; key: {rule, orders: [[id, …], …]}; response: every id, in the chosen sequence.

`orders` lists every sequence that earns full marks (steps that may change places give more than one). Rules: `exact`;
`adjacent_pair`: one pair of neighbours swapped, against any accepted sequence, still earns two thirds; `longest_run`:
the longest common subsequence with the best accepted sequence, in steps, less the one that is always in order.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import factorial
from typing import Any

from assessments.items.authoring import (
    Hidden,
    Rows,
    Sheet,
    Text,
    Values,
    Written,
    lasting,
    rows_in,
    with_common,
)
from assessments.items.base import (
    MISSED,
    RIGHT,
    WRONG,
    JSONObject,
    Response,
    Score,
    share_of,
)
from assessments.items.checking import check_ids
from assessments.items.choices import (
    expectation,
    in_order,
    option_ids,
    refuse_unknown,
    relabel_numbers,
    texts_of,
)
from assessments.items.forms import CIRCLED, Form, places
from assessments.items.options import CITES, OptionsType, read_entries, read_settings, settings_of
from assessments.items.problems import Message, Problem, Problems, refuse_response
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register

NEAR = "near"
NEAR_SHARE = Fraction(2, 3)
NAMED = re.compile(rf"[0-9]{{1,4}}|[{CIRCLED}]")
COUNTED = 7  # steps whose every order is weighed for the random-guess score


@register
class Ordering(OptionsType):
    code = "ordering"
    title = _("Ordering")
    rank = 4
    template = "places"
    picks = "place"
    rules = {
        "adjacent_pair": _("Exactly right: full marks; one pair of neighbours swapped: two thirds; else 0."),
        "exact": _("Only exactly the right order earns marks."),
        "longest_run": _("Marks are given for the longest run of steps that stand in the right order."),
    }
    body_options = frozenset()
    key_fields = frozenset({"rule", "orders"})

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        orders = key.get("orders")
        if "orders" in key and (not isinstance(orders, list) or not orders):
            problems.add("key.orders", _("Give at least one order."))
            return
        ids = option_ids(body)
        for number, order in enumerate(orders or ()):
            where = f"key.orders[{number}]"
            if check_ids(problems, where, order, ids) and len(order) < len(ids):
                problems.add(where, _("Every step must be in the order."))

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        return Form(rows=places(in_order(body["options"], order), response, name))

    def in_words(self, body: JSONObject, order: Sequence[str], response: Response) -> str:
        return self.summarise(body, response)

    def cited(self, body: JSONObject, order: Sequence[str]) -> list[tuple[str, str]]:
        return [(row.label, row.text) for row in places(in_order(body["options"], order), None, "")]

    def right_responses(self, body: JSONObject, key: JSONObject) -> list[Response]:
        return [list(order) for order in key["orders"]]

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        """Takes the ids in sequence, or, from a page without JavaScript, an object {id: place from 1}."""
        ids = option_ids(body)
        sequence = _by_place(raw) if isinstance(raw, Mapping) else raw
        if not sequence:
            return None
        if not isinstance(sequence, list | tuple) or not all(isinstance(each, str) for each in sequence):
            refuse_response("response", _("This is not an answer to this question."))
        refuse_unknown(set(sequence), ids)
        if sorted(sequence) != sorted(ids):
            refuse_response("response", _("Give every step one place."))
        return list(sequence)

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        if not isinstance(response, list):
            return Score(Decimal(0), points, detail={"order": MISSED})
        if response in key["orders"]:
            return Score(points, points, detail={"order": RIGHT})
        if key["rule"] == "longest_run":
            share = max(_run_share(response, order) for order in key["orders"])
            return Score(share_of(points, share), points, detail={"order": NEAR if share else WRONG})
        near = any(_neighbours_swapped(response, order) for order in key["orders"])
        if near and key["rule"] == "adjacent_pair":
            return Score(share_of(points, NEAR_SHARE), points, detail={"order": NEAR})
        return Score(Decimal(0), points, detail={"order": WRONG})

    def random_guess_score(self, body: JSONObject, key: JSONObject, points: Decimal) -> Decimal | None:
        accepted = {tuple(order) for order in key["orders"]}
        ids = option_ids(body)
        if key["rule"] == "longest_run":
            return _blind_run(ids, accepted, points) if len(ids) <= COUNTED else None
        near = {swapped for order in accepted for swapped in _swaps(order)} - accepted
        worth = len(accepted) + (NEAR_SHARE * len(near) if key["rule"] == "adjacent_pair" else 0)
        return expectation(Fraction(points) * worth / factorial(len(ids)))

    def summarise(self, body: JSONObject, response: Response) -> str:
        texts = texts_of(body["options"])
        return " → ".join(texts[each] for each in response or () if each in texts)

    def sheet(self) -> Sheet:
        steps = Rows(
            "steps",
            _("Steps, in the right order"),
            (Hidden("id"), Hidden("place"), Text("text", _("What is done"))),
            least=2,
            help=_("The number stays with its step when you move it; an explanation names steps by it."),
            numbers="lasting",
        )
        further = Text(
            "further",
            _("Other orders that are right too"),
            _("One on each line, in the numbers of the steps: 1 3 2 4."),
            2,
        )
        return (steps, further, CITES, self.rule_pick())

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        places = {each: str(place) for place, each in enumerate(option_ids(body), start=1)}
        texts, (first, *others) = texts_of(body["options"]), key["orders"]
        steps = [{"id": each, "place": places[each], "text": texts[each]} for each in first]
        further = "\n".join(" ".join(places[each] for each in order) for order in others)
        return {"steps": steps, "further": further, **settings_of(key)}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        rows = rows_in(values, "steps")
        numbers = lasting(rows)
        entries = dict(zip(numbers, zip(read_entries(rows, "o"), rows, strict=True), strict=True))
        stored = [entries[number] for number in sorted(numbers)]
        ids = {number: entry["id"] for number, (entry, _row) in entries.items()}
        others, problems = _orders_in(str(values.get("further") or ""), ids)
        body = {"options": [entry for entry, _row in stored]}
        key: dict[str, Any] = {"orders": [list(ids.values()), *others]}
        read_settings(values, body, key, shuffles=False)
        places = {f"body.options[{at}]": row.place for at, (_entry, row) in enumerate(stored)}
        places |= {"body.options": "steps", "key.orders[0]": "steps", "key.orders": "further"}
        return with_common(Written(body, key, places, problems), values, before)

    def relabel(self, text: str, stored: Sequence[str], shown: Sequence[str]) -> str:
        return relabel_numbers(text, stored, shown)


def _number_named(sign: str) -> int:
    return CIRCLED.index(sign) + 1 if sign in CIRCLED else int(sign)


def _orders_in(lines: str, ids: Mapping[int, str]) -> tuple[list[list[str]], tuple[Problem, ...]]:
    """The orders written in numbers of steps, one on a line."""
    orders, problems = [], []
    for line in filter(str.strip, lines.split("\n")):
        named = [_number_named(sign) for sign in NAMED.findall(line)]
        problems += [
            ("further", Message(_("There is no step %(number)s."), {"number": each}))
            for each in named
            if each not in ids
        ]
        orders.append([ids[each] for each in named if each in ids])
    return orders, tuple(problems)


def _by_place(raw: Mapping[Any, Any]) -> list[Any]:
    """The ids in order of their place; empty when every place is blank."""
    places = {each: str(place).strip() for each, place in raw.items() if place not in (None, "")}
    wanted = [str(place) for place in range(1, len(raw) + 1)]
    if not places:
        return []
    if sorted(places.values()) != sorted(wanted):
        refuse_response("response", _("Give every step one place."))
    return sorted(places, key=lambda each: int(places[each]))


def _run_share(one: Sequence[str], other: Sequence[str]) -> Fraction:
    """How much of one order is in the order of the other, from 0 (reversed) to 1."""
    return Fraction(_longest_common(one, other) - 1, len(other) - 1)


def _longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence of two orders of the same steps: the longest rising run of places."""
    place = {each: number for number, each in enumerate(other)}
    ends: list[int] = []  # the smallest last place of a rising run of each length
    for each in one:
        at = bisect_left(ends, place[each])
        ends[at : at + 1] = [place[each]]
    return len(ends)


def _blind_run(ids: Sequence[str], accepted: set[tuple[str, ...]], points: Decimal) -> Decimal:
    worths = (
        Fraction(1) if order in accepted else max(_run_share(order, each) for each in accepted)
        for order in permutations(ids)
    )
    return expectation(Fraction(points) * sum(worths, Fraction(0)) / factorial(len(ids)))


def _neighbours_swapped(one: Sequence[str], other: Sequence[str]) -> bool:
    return tuple(one) in _swaps(tuple(other))


def _swaps(order: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The order with each pair of neighbours changed round, one pair at a time."""
    return [(*order[:at], order[at + 1], order[at], *order[at + 2 :]) for at in range(len(order) - 1)]
