"""Types marked by a person against a rubric.

key: {rule: "rubric", criteria: [{id, text, max, part?}], penalty?, sample?}. `penalty` tells the marker when to take
points off, `sample` is a model answer; both are text. Full marks are the sum of the criteria's `max`.
"""

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from assessments.items.authoring import (
    Field,
    Hidden,
    Number,
    Row,
    Rows,
    Sheet,
    Text,
    Values,
    Written,
    ids_for,
    rows_in,
    with_common,
)
from assessments.items.base import ItemType, JSONObject, Response, Score
from assessments.items.checking import as_decimal, as_text, check_entries, check_text
from assessments.items.problems import MarksInvalid, Problems
from assessments.items.problems import gettext_noop as _

# Marks are stored to the hundredth; a finer one would be rounded on its way to the database.
HUNDREDTH = Decimal("0.01")


class RubricType(ItemType):
    """Scoring waits for a person; `score_marks` turns what the person decided into a score."""

    template = "texts"
    marked_by_person = True
    rules = {"rubric": _("Marked by a person against a rubric.")}
    key_fields = frozenset({"rule", "criteria"})
    key_options = frozenset({"penalty", "sample"})
    criterion_fields: ClassVar[frozenset[str]] = frozenset({"id", "text", "max"})

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        for name in ("penalty", "sample"):
            if name in key:
                check_text(problems, f"key.{name}", key[name])
        if "criteria" not in key:
            return
        check_entries(problems, "key.criteria", key["criteria"], least=1, required=self.criterion_fields)
        for number, criterion in enumerate(key["criteria"] if isinstance(key["criteria"], list) else ()):
            if isinstance(criterion, Mapping):
                self.check_criterion(body, criterion, f"key.criteria[{number}]", problems)

    def check_criterion(
        self, body: JSONObject, criterion: JSONObject, where: str, problems: Problems
    ) -> None:
        most = as_decimal(criterion.get("max"))
        if "max" in criterion and (most is None or most <= 0):
            problems.add(f"{where}.max", _("This must be a number above 0."))

    def sheet(self) -> Sheet:
        criteria = Rows("criteria", _("Criteria"), self.columns())
        penalty = Text("penalty", _("When to take points off"), _("For the marker; may stay empty."), 2)
        sample = Text("sample", _("Model answer"), _("For the marker; may stay empty."), 4)
        return (criteria, penalty, sample, self.rule_pick())

    def columns(self) -> tuple[Field, ...]:
        """What is said of a criterion."""
        return (
            Hidden("id"),
            Text("text", _("What is looked for"), lines=2),
            Number("max", _("Points at most")),
        )

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        criteria = [{**each, "max": str(each["max"])} for each in key["criteria"]]
        texts = {name: key.get(name, "") for name in ("penalty", "sample")}
        return {"criteria": criteria, "rule": key["rule"], **texts}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        rows = rows_in(values, "criteria")
        ids = ids_for([row.text("id") for row in rows], "c")
        criteria = [self.read_criterion(each, row) for each, row in zip(ids, rows, strict=True)]
        texts = {name: str(values.get(name) or "") for name in ("penalty", "sample")}
        key = {"rule": str(values.get("rule") or ""), "criteria": criteria}
        key |= {name: text for name, text in texts.items() if text.strip()}
        places = {f"key.criteria[{at}]": row.place for at, row in enumerate(rows)}
        return with_common(Written(self.read_body(values), key, places), values, before)

    def read_body(self, values: Values) -> dict[str, Any]:
        """The type's own fields of the body."""
        return {}

    def read_criterion(self, id: str, row: Row) -> dict[str, Any]:
        most = row.number("max")
        return {"id": id, "text": row.text("text"), "max": "" if most is None else most}

    @abstractmethod
    def clean_response(self, body: JSONObject, raw: object) -> Response: ...

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        return Score(Decimal(0), points, needs_marking=response is not None)

    def full_marks(self, key: JSONObject) -> Decimal:
        """The sum of the criteria's maxima."""
        return sum(_maxima(key).values(), Decimal(0))

    def score_marks(
        self, key: JSONObject, marks: Mapping[str, Decimal | int | str], penalty: Decimal | int | str = 0
    ) -> Score:
        """The score a marker's decision amounts to: the marks of every criterion, less the penalty, not below 0.

        `marks` maps each criterion's id to 0…its max; `penalty` is 0 or more. Raises MarksInvalid with every problem.
        """
        problems, given = Problems(), {}
        maxima = _maxima(key)
        for unknown in sorted(map(str, marks.keys() - maxima.keys())):
            problems.add(f"marks.{unknown}", _("The rubric has no such criterion."))
        for each, most in maxima.items():
            given[each] = _number_up_to(most, marks.get(each), f"marks.{each}", problems)
        taken = _number_up_to(sum(maxima.values(), Decimal(0)), penalty, "penalty", problems)
        problems.raise_if_any(MarksInvalid)
        earned = max(sum(given.values(), Decimal(0)) - taken, Decimal(0))
        detail = {each: as_text(mark) for each, mark in given.items()} | {"penalty": as_text(taken)}
        return Score(earned, self.full_marks(key), detail=detail)


def _maxima(key: JSONObject) -> dict[str, Decimal]:
    return {each["id"]: Decimal(str(each["max"])) for each in key["criteria"]}


def _number_up_to(most: Decimal, value: object, where: str, problems: Problems) -> Decimal:
    number = as_decimal(value)
    if number is None or not 0 <= number <= most:
        problems.add(where, _("Give a number from 0 to %(most)s."), most=as_text(most))
        return Decimal(0)
    if number != (rounded := number.quantize(HUNDREDTH)):
        problems.add(where, _("Give at most two decimal places."))
    return rounded
