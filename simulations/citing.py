"""What a scenario document takes from the library: whether it is there, and still holds."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_noop

from library import queries as library
from simulations.engine.reading import Place
from simulations.engine.scenario import Scenario

UNKNOWN_CITE = gettext_noop("the library has no entry %(name)s")
GONE_CITE = gettext_noop("%(name)s does not hold any more, since %(day)s")
UNKNOWN_CHAIN = gettext_noop("the library has no policy chain %(name)s")


def cites_of(scenario: Scenario) -> tuple[str, ...]:
    """Every reference of the scenario once, in the order in which the story comes to it."""
    found: list[str] = []
    for node in scenario.nodes.values():
        found += [*node.cites, *(ref for choice in node.choices for ref in choice.cites)]
    return tuple(dict.fromkeys(found))


def note_cites(root: Place, scenario: Scenario) -> None:
    """Note at its field each reference that leads nowhere or to what was withdrawn, and a chain that is not there.

    One query for each kind that is named.
    """
    known = library.cited(cites_of(scenario))
    today = timezone.localdate()
    for place in _cite_places(root):
        found = known.get(place.text())
        if found is None:
            place.note(UNKNOWN_CITE, name=f"“{place.text()}”")
        elif found.gone_on is not None and not found.holds(on=today):
            place.note(GONE_CITE, name=f"“{found.title}”", day=found.gone_on.isoformat())
    if scenario.chain and not library.is_chain(scenario.chain):
        root.at("chain").note(UNKNOWN_CHAIN, name=f"“{scenario.chain}”")


def _cite_places(root: Place) -> Iterator[Place]:
    for node in root.at("nodes").rows():
        yield from node.at("cites").items()
        choices = node.at("choices")
        for choice in choices.rows():
            choice.where = f"{choices.where}[{choice.at('id').text()}]"  # as the engine addresses them
            yield from choice.at("cites").items()
