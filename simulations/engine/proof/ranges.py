"""Between which values each variable can be at each node, and which flags can be set there: conditions aside.

An over-estimate, found by going forward once over the nodes, those that lead back to each other taken as one.
"""

from collections.abc import Iterable, Iterator
from math import gcd

from ..conditions import Compare
from ..lots import ALL_BITS
from ..scenario import Effect, Node, Scenario
from .ways import components, is_cyclic, targets, ways

Range = tuple[int, int]


def reach(scenario: Scenario) -> tuple[dict[str, list[Range]], dict[str, int]]:
    """By node the range of each variable and the flags that may be set."""
    graph = ways(scenario)
    inits = [(of.init, of.init) for of in scenario.variables.values()]
    ranges: dict[str, list[Range]] = {}
    possible: dict[str, int] = {}
    _meet(scenario, scenario.start, inits, 0, ranges, possible)
    for component in components(graph, scenario.start):
        inside = [scenario.nodes[key] for key in component]
        if is_cyclic(graph, component):
            _widen(scenario, inside, ranges, possible)
        for node in inside:
            for choice in node.choices:
                after = _after(choice.effects, ranges[node.id])
                flags = (possible[node.id] | choice.raise_bits) & ALL_BITS
                for target in targets(scenario, choice) & scenario.nodes.keys():
                    _meet(scenario, target, after, flags, ranges, possible)
    return ranges, possible


def _meet(
    scenario: Scenario,
    target: str,
    values: list[Range],
    flags: int,
    ranges: dict[str, list[Range]],
    possible: dict[str, int],
) -> None:
    """Widen what is known of `target` by values that come there."""
    entered = _alive(scenario, _after(scenario.nodes[target].enter, values))
    known = ranges.get(target, entered)
    ranges[target] = [(min(a, c), max(b, d)) for (a, b), (c, d) in zip(known, entered, strict=True)]
    possible[target] = possible.get(target, 0) | flags


def _widen(
    scenario: Scenario, nodes: list[Node], ranges: dict[str, list[Range]], possible: dict[str, int]
) -> None:
    """Where one can go in circles, a variable moved there may be anywhere, and every flag raised there may be set.

    The nodes at which the circle is entered are known already.
    """
    known = [node.id for node in nodes if node.id in ranges]
    choices = [choice for node in nodes for choice in node.choices]
    effects = [effect for node in nodes for effect in node.enter]
    effects += [effect for choice in choices for effect in choice.effects]
    moved = {effect.slot for effect in effects if effect.add}
    flags = 0
    for choice in choices:
        flags |= choice.raise_bits
    for key in known:
        flags |= possible[key]
    free = [(of.lo, of.hi) for of in scenario.variables.values()]
    together = [
        (min(ranges[key][slot][0] for key in known), max(ranges[key][slot][1] for key in known))
        for slot in range(len(free))
    ]
    wide = _alive(scenario, [free[slot] if slot in moved else of for slot, of in enumerate(together)])
    for node in nodes:
        ranges[node.id], possible[node.id] = list(wide), flags


def _after(effects: Iterable[Effect], values: list[Range]) -> list[Range]:
    found = list(values)
    for effect in effects:
        low, high = found[effect.slot]
        moved = [min(max(end + effect.add, effect.lo), effect.hi) for end in (low, high)]
        if effect.condition is not None:
            moved = [min(moved[0], low), max(moved[1], high)]
        found[effect.slot] = (moved[0], moved[1])
    return found


def _alive(scenario: Scenario, values: list[Range]) -> list[Range]:
    """The ranges without what a stop is sure to end, as far as one comparison says it."""
    found = list(values)
    units = units_of(scenario)
    for stop in scenario.stops:
        if not isinstance(tree := stop.condition.tree, Compare):
            continue
        low, high = found[tree.slot]
        unit = units[tree.slot]
        while tree.op in ("<", "<=") and low < high and _strikes(tree, low):
            low += unit * max(1, int((tree.bound - low) // unit))
        while tree.op in (">", ">=") and low < high and _strikes(tree, high):
            high -= unit * max(1, int((high - tree.bound) // unit))
        found[tree.slot] = (low, high)
    return found


def _strikes(tree: Compare, value: int) -> bool:
    return {"<": value < tree.bound, "<=": value <= tree.bound, ">": value > tree.bound}.get(
        tree.op, value >= tree.bound
    )


def units_of(scenario: Scenario) -> list[int]:
    """By slot the step in which its variable changes: every value it takes is its initial one plus some of these."""
    units = [gcd(of.lo - of.init, of.hi - of.init) for of in scenario.variables.values()]
    for effect in _all_effects(scenario):
        units[effect.slot] = gcd(units[effect.slot], effect.add)
    return [unit or 1 for unit in units]


def _all_effects(scenario: Scenario) -> Iterator[Effect]:
    for node in scenario.nodes.values():
        yield from node.enter
        for choice in node.choices:
            yield from choice.effects
