"""Scenario documents on their way from JSON text to something playable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.translation import gettext, gettext_noop

from competencies import framework
from core.errors import Refusal
from simulations.citing import note_cites
from simulations.engine import messages as say
from simulations.engine.document import ScenarioInvalid, load, parse
from simulations.engine.lines import locate
from simulations.engine.reading import Place, Problem
from simulations.engine.scenario import Scenario
from simulations.models import KEY_LENGTH, ScenarioVersion
from simulations.wording import told

MINUTES_PER_NODE = 3
"""Reading, weighing and reading what came of it: 老楼新梯 with its 18 nodes takes 40 to 60 minutes."""
MINUTES_PER_HOUR = 45
"""A 学时."""

VIEW_DIFFERS = gettext_noop("no version of the site's competency view has these axes")


class InvalidDocument(Refusal):
    """A document that is no scenario. `problems` says every fault with its place, in the reader's language; `faults`
    are the same as the engine gave them."""

    code = "invalid_document"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.faults = problems
        self.problems = tuple(_line(problem) for problem in problems)
        super().__init__("\n".join(self.problems))

    def located(self, text: str) -> InvalidDocument:
        """The same, every problem with its line in the JSON text that the document was read from."""
        spots = locate(text, [problem.where for problem in self.faults if problem.where])
        located = InvalidDocument(self.faults)
        located.problems = tuple(
            gettext("line %(line)s, %(problem)s") % {"line": spots[fault.where].line, "problem": problem}
            if fault.where in spots
            else problem
            for fault, problem in zip(self.faults, self.problems, strict=True)
        )
        located.message = "\n".join(located.problems)
        return located


@dataclass(frozen=True)
class Draft:
    """A document that was read: the scenario and what only the site wants to know of it."""

    scenario: Scenario
    text: str
    minutes: int
    hours: Decimal
    view_ref: str


def read_text(text: str) -> object:
    """JSON text as plain values. Raises InvalidDocument."""
    try:
        return load(text)
    except ScenarioInvalid as invalid:
        raise InvalidDocument(invalid.problems) from invalid


def read_document(document: object) -> Draft:
    """Check a document as the engine does and as a release needs. Raises InvalidDocument with every problem.

    Beside the engine's keys a document may state `minutes` (the usual length of a run) and `hours` (学时 credited
    for passing); without them they follow from the number of nodes.
    """
    try:
        scenario = parse(document)
    except ScenarioInvalid as invalid:
        raise InvalidDocument(invalid.problems) from invalid
    problems: list[Problem] = []
    root = Place(document, "", problems)
    minutes = root.at("minutes").whole(1, 600, default=MINUTES_PER_NODE * len(scenario.nodes))
    hours = root.at("hours").number(0, 99, default=float(_usual_hours(minutes)))
    _check_key(root.at("id"))
    view_ref = _bound_view(scenario, root.at("views"))
    note_cites(root, scenario)
    if problems:
        raise InvalidDocument(tuple(problems))
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Draft(scenario, text, minutes, hours.quantize(Decimal("0.1"), ROUND_HALF_UP), view_ref)


def scenario_of(version: ScenarioVersion) -> Scenario:
    """The playable scenario of a version, read once per process."""
    return scenario_from(version.document)


@lru_cache(maxsize=32)
def scenario_from(text: str) -> Scenario:
    """The scenario of a document that was read before: of a version, or of what a check is about."""
    return parse(load(text), tolerant=True)


def _usual_hours(minutes: int) -> Decimal:
    """To the nearest half hour, but never nothing."""
    halves = (Decimal(minutes) * 2 / MINUTES_PER_HOUR).to_integral_value(ROUND_HALF_UP)
    return max(halves, Decimal(1)) / 2


def _check_key(place: Place) -> None:
    key = place.text()
    if len(key) > KEY_LENGTH or not all(c.isascii() and (c.isalnum() or c in "-_") for c in key):
        place.note(say.BAD_NAME)


def _bound_view(scenario: Scenario, place: Place) -> str:
    """The newest version of the framework's view that says the same as the document's."""
    bound = scenario.views[scenario.marks.view]
    wanted = [set(leaves) for _axis, leaves in bound.axes]
    same = [
        view
        for view in framework.views().values()
        if view.key == bound.key and [set(axis.leaves) for axis in view.axes] == wanted
    ]
    if not same:
        place.at(bound.key).note(VIEW_DIFFERS)
        return ""
    return max(same, key=lambda view: view.version).ref


def _line(problem: Problem) -> str:
    sentence = told(problem.message)
    return f"{problem.where}{gettext(': ')}{sentence}" if problem.where else sentence
