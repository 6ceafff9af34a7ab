"""What still matters at each node: what is read, or moved, from there on."""

from collections.abc import Iterable, Iterator

from ..conditions import AllOf, AnyOf, Compare, HasFlag, Not, Tree
from ..lots import ALL_BITS
from ..scenario import Choice, Effect, Scenario
from .ways import targets


def live_flags(scenario: Scenario) -> dict[str, int]:
    """By node the flags that something reads from there on, before they are set or cleared anyway."""
    live = dict.fromkeys(scenario.nodes, 0)
    always = _flags_of(stop.condition.tree for stop in scenario.stops)
    changed = True
    while changed:
        changed = False
        for node in scenario.nodes.values():
            found = live[node.id]
            for choice in node.choices:
                later = always | _read_later(scenario, choice)
                for target in targets(scenario, choice) & scenario.nodes.keys():
                    later |= live[target] | _flags_of(_trees(scenario.nodes[target].enter))
                settled = choice.raise_bits | ~choice.keep_bits & ALL_BITS
                own = [choice.condition.tree] if choice.condition else []
                found |= later & ~settled | _flags_of([*own, *_trees(choice.effects)])
            changed = changed or found != live[node.id]
            live[node.id] = found
    return live


def _read_later(scenario: Scenario, choice: Choice) -> int:
    """The flags that its routes, the endings it may lead to and their passing read."""
    found = _flags_of(route.condition.tree for route in choice.routes if route.condition)
    for target in targets(scenario, choice) & scenario.endings.keys():
        condition = scenario.endings[target].condition
        found |= _flags_of([condition.tree] if condition else [])
        for key in scenario.marks.needs_any.get(target, ()):
            found |= scenario.flags[key].bit
    return found


def _trees(effects: Iterable[Effect]) -> list[Tree]:
    return [effect.condition.tree for effect in effects if effect.condition]


def _flags_of(trees: Iterable[Tree]) -> int:
    found = 0
    for leaf in _leaves(trees):
        if isinstance(leaf, HasFlag):
            found |= leaf.bit
    return found


def _slots_of(trees: Iterable[Tree]) -> set[int]:
    return {leaf.slot for leaf in _leaves(trees) if isinstance(leaf, Compare)}


def _leaves(trees: Iterable[Tree]) -> Iterator[HasFlag | Compare]:
    for tree in trees:
        match tree:
            case HasFlag() | Compare():
                yield tree
            case Not(part):
                yield from _leaves([part])
            case AllOf(parts) | AnyOf(parts):
                yield from _leaves(parts)


def live_slots(scenario: Scenario) -> dict[str, frozenset[int]]:
    """By node the variables that are read or moved from there on, or counted at the end."""
    always = counted(scenario) | _slots_of(stop.condition.tree for stop in scenario.stops)
    live = {key: set(always) for key in scenario.nodes}
    changed = True
    while changed:
        changed = False
        for node in scenario.nodes.values():
            found = set(live[node.id])
            for choice in node.choices:
                found |= _slots_in(scenario, choice)
                for target in targets(scenario, choice) & scenario.nodes.keys():
                    enter = scenario.nodes[target].enter
                    found |= live[target] | _slots_of(_trees(enter)) | {effect.slot for effect in enter}
            changed = changed or found != live[node.id]
            live[node.id] = found
    return {key: frozenset(found) for key, found in live.items()}


def _slots_in(scenario: Scenario, choice: Choice) -> set[int]:
    """The variables that a choice reads or moves, and those that decide the ending it may lead to."""
    trees = [*_trees(choice.effects), *(route.condition.tree for route in choice.routes if route.condition)]
    trees += [choice.condition.tree] if choice.condition else []
    for target in targets(scenario, choice) & scenario.endings.keys():
        condition = scenario.endings[target].condition
        trees += [condition.tree] if condition else []
    found = _slots_of(trees) | {effect.slot for effect in choice.effects}
    return found | {slot for slot, _cost in choice.costs}


def counted(scenario: Scenario) -> set[int]:
    """The variables that scoring or a lens looks at in the end."""
    marks = scenario.marks
    keys = {marks.compliance, marks.time, *marks.outcome} | {
        key for of in scenario.lenses for key in of.weights
    }
    return {of.slot for of in scenario.variables.values() if of.key in keys}
