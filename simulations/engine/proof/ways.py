"""The ways between nodes as written, conditions aside: an upper bound of where a play can go."""

from collections.abc import Iterator, Mapping

from ..scenario import END, Choice, Node, Scenario


def targets(scenario: Scenario, choice: Choice) -> frozenset[str]:
    """The nodes and endings to which the choice may lead: by its routes, by END, or by a stop."""
    found = {stop.ending for stop in scenario.stops}
    for route in choice.routes:
        if route.to == END:
            found |= {ending.id for ending in scenario.endings.values() if ending.condition is not None}
        else:
            found.add(route.to)
    return frozenset(found)


def following(scenario: Scenario, node: Node) -> frozenset[str]:
    """The nodes that may come next."""
    found = (targets(scenario, choice) for choice in node.choices)
    return frozenset().union(*found) & scenario.nodes.keys()


def ways(scenario: Scenario) -> dict[str, frozenset[str]]:
    """The nodes that may come next, by node."""
    return {node.id: following(scenario, node) for node in scenario.nodes.values()}


def components(graph: Mapping[str, frozenset[str]], start: str) -> list[tuple[str, ...]]:
    """The strongly connected components that `start` leads to, each before those it leads to (Tarjan, unrolled)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    found: list[tuple[str, ...]] = []
    work: list[tuple[str, Iterator[str]]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        path.append(node)
        on_path.add(node)
        work.append((node, iter(sorted(graph[node]))))

    visit(start)
    while work:
        node, rest = work[-1]
        after = next(rest, None)
        if after is not None:
            if after not in index:
                visit(after)
            elif after in on_path:
                low[node] = min(low[node], index[after])
            continue
        work.pop()
        if work:
            low[work[-1][0]] = min(low[work[-1][0]], low[node])
        if low[node] == index[node]:
            at = path.index(node)
            found.append(tuple(path[at:]))
            on_path -= set(path[at:])
            del path[at:]
    return found[::-1]


def is_cyclic(graph: Mapping[str, frozenset[str]], component: tuple[str, ...]) -> bool:
    """Whether one can come back to where one was within the component."""
    return len(component) > 1 or component[0] in graph[component[0]]
