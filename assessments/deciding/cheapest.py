"""The cheapest way to what a scheme still misses: the fewest minutes, an activity paid for once however often it is
asked for."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import product
from math import prod

from assessments.deciding.proof import ProofNode
from assessments.deciding.rules import HOURS, Rule

MOST_WAYS = 256
"""How many ways of paying for what several rules ask for are tried; beyond, each rule is priced by itself."""
CLOSED = 10**12  # minutes: no scheme comes near

Activity = tuple[str, str, str]
Nodes = Mapping[str, ProofNode]


def cheapest_way(rule: Rule, nodes: Nodes) -> list[tuple[Rule, int]]:
    """The unmet leaves that would meet the rule in the fewest minutes, in the order of the scheme.

    Each comes with the minutes it adds: 0 where the activity is done for a leaf before it. Where no two unmet leaves
    ask for the same activity, choosing child by child is exact, because no leaf stands in two places. Otherwise
    every activity asked for more than once is paid for in advance, or not done at all, in every combination
    (`MOST_WAYS` at most), and the rest is chosen child by child. Among equally cheap ways, the one stated first wins.
    """
    unmet = [leaf for leaf in rule.leaves() if not nodes[leaf.id].met]
    minutes = {leaf.id: minutes_left(leaf, nodes[leaf.id]) for leaf in unmet}
    place = {leaf.id: at for at, leaf in enumerate(unmet)}
    shared = _asked_for_twice(unmet, minutes)
    best: tuple[int, tuple[int, ...]] | None = None
    for paid in product(*([0, *prices] for prices in shared.values())):
        advance = sum(paid)
        if best and advance > best[0]:
            continue
        price = _prices(unmet, minutes, dict(zip(shared, paid, strict=True)))
        cost, leaves = _choose(rule, nodes, price)
        found = advance + cost, tuple(place[leaf.id] for leaf in leaves)
        best = found if best is None else min(best, found)
    return _adding_up([unmet[at] for at in (best[1] if best else ())], minutes)


def minutes_left(rule: Rule, node: ProofNode) -> int:
    """The typical minutes; for practice, those of the hours still open, rounded up."""
    if rule.measure != HOURS or node.have is None:
        return rule.minutes
    open_share = (rule.need - node.have) / rule.need
    return int((rule.minutes * open_share).to_integral_value(ROUND_CEILING))


def _asked_for_twice(unmet: Sequence[Rule], minutes: Mapping[str, int]) -> dict[Activity, list[int]]:
    """Activities that several unmet leaves ask for, with what doing them may cost, cheapest first."""
    asked: dict[Activity, list[int]] = {}
    for leaf in unmet:
        asked.setdefault(leaf.activity, []).append(minutes[leaf.id])
    shared = {activity: sorted(set(prices)) for activity, prices in asked.items() if len(prices) > 1}
    ways = prod(len(prices) + 1 for prices in shared.values())
    return shared if ways <= MOST_WAYS else {}


def _prices(
    unmet: Sequence[Rule], minutes: Mapping[str, int], paid: Mapping[Activity, int]
) -> dict[str, int]:
    """What each leaf costs when so much was paid in advance for its activity: nothing, or it is not done."""
    return {
        leaf.id: minutes[leaf.id]
        if leaf.activity not in paid
        else 0
        if minutes[leaf.id] <= paid[leaf.activity]
        else CLOSED
        for leaf in unmet
    }


def _choose(rule: Rule, nodes: Nodes, price: Mapping[str, int]) -> tuple[int, list[Rule]]:
    """The cheapest leaves below a rule; sorting is stable."""
    node = nodes[rule.id]
    if node.met:
        return 0, []
    if not rule.is_group:
        return price[rule.id], [rule]
    short = int(rule.need - (node.have or Decimal(0)))
    ways = [_choose(each, nodes, price) for each in rule.rules if not nodes[each.id].met]
    chosen = sorted(sorted(range(len(ways)), key=lambda at: ways[at][0])[:short])
    return sum(ways[at][0] for at in chosen), [leaf for at in chosen for leaf in ways[at][1]]


def _adding_up(leaves: Sequence[Rule], minutes: Mapping[str, int]) -> list[tuple[Rule, int]]:
    """Each leaf with what it costs beyond those before it."""
    spent: dict[Activity, int] = {}
    found = []
    for leaf in leaves:
        before = spent.get(leaf.activity, 0)
        spent[leaf.activity] = max(before, minutes[leaf.id])
        found.append((leaf, spent[leaf.activity] - before))
    return found
