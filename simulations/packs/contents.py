"""What a pack is made of, read from a scenario document and the library. It holds every answer: never for learners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from library import queries as library
from library.models import PolicyClause
from simulations.citing import cites_of
from simulations.engine.conditions import AllOf, AnyOf, HasFlag, Not, Tree
from simulations.engine.scenario import Choice, Effect, Node, Scenario
from simulations.engine.wording import describe, signed
from simulations.scenarios import Draft, read_document, read_text

_OF_A_NODE = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,39})\s*[：:]\s*(.+)", re.DOTALL)


@dataclass(frozen=True)
class Guide:
    """What the author tells whoever leads a group. Lists may be empty; texts may be ""."""

    purpose: str
    audience: str
    minutes: int
    preparation: tuple[str, ...]
    flow: tuple[tuple[int, str], ...]
    questions: tuple[str, ...]
    watch: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where a claim of the story comes from, and how far it can be trusted."""

    use: str
    claim: str
    where: str
    confidence: str


@dataclass(frozen=True)
class OptionRow:
    """A choice with all its consequences in words."""

    choice: Choice
    changes: str
    flags: str
    points: int


@dataclass(frozen=True)
class NodePage:
    """A situation as the leader sees it."""

    node: Node
    entering: str
    options: tuple[OptionRow, ...]
    watch: tuple[str, ...]
    questions: tuple[str, ...]
    cites: tuple[library.Cited, ...]


@dataclass(frozen=True)
class Hidden:
    """A consequence that strikes later: where, on which condition, what it does, which choices sowed it."""

    where: str
    condition: str
    change: str
    sown: str


@dataclass(frozen=True)
class EndingRow:
    """An ending with the condition it stands under, in words."""

    title: str
    condition: str
    cap: str
    text: str


@dataclass(frozen=True)
class Pack:
    """Everything that is printed and packed."""

    scenario: Scenario
    minutes: int
    guide: Guide
    nodes: tuple[NodePage, ...]
    hidden: tuple[Hidden, ...]
    endings: tuple[EndingRow, ...]
    chain: tuple[PolicyClause, ...]
    cited: tuple[library.Cited, ...]
    sources: tuple[Source, ...]
    missing: tuple[str, ...]


def pack_of(draft: Draft, document: Any) -> Pack:
    """The pack of a document that was read. Three queries: the chain and two kinds of references."""
    scenario = draft.scenario
    guide = _guide(document.get("guide"), draft.minutes)
    cited = library.cited(cites_of(scenario))
    chain = library.chain(scenario.chain) if scenario.chain else ()
    sources = tuple(_sources(document.get("sources")))
    return Pack(
        scenario=scenario,
        minutes=draft.minutes,
        guide=guide,
        nodes=tuple(_node_page(scenario, node, guide, cited) for node in scenario.nodes.values()),
        hidden=tuple(_hidden(scenario)),
        endings=tuple(_endings(scenario)),
        chain=chain,
        cited=tuple(cited.values()),
        sources=sources,
        missing=tuple(_missing(scenario, guide, chain, sources, cited)),
    )


def read_pack(text: str) -> Pack:
    """The pack of a stored document. Raises InvalidDocument."""
    document = read_text(text)
    return pack_of(read_document(document), document)


def without_node(texts: Iterable[str], scenario: Scenario) -> tuple[str, ...]:
    """The remarks that are about the story as a whole."""
    return tuple(text for text in texts if _of_node(text, scenario) is None)


def _guide(told: Any, minutes: int) -> Guide:
    told = told if isinstance(told, dict) else {}
    flow = told.get("flow")
    steps = [step for step in flow if isinstance(step, dict)] if isinstance(flow, list) else []
    return Guide(
        purpose=_text(told.get("purpose")),
        audience=_text(told.get("audience")),
        minutes=_number(told.get("minutes")) or minutes,
        preparation=_texts(told.get("preparation")),
        flow=tuple((_number(step.get("minutes")), _text(step.get("what"))) for step in steps),
        questions=_texts(told.get("questions")),
        watch=_texts(told.get("watch")),
    )


def _sources(told: Any) -> Iterator[Source]:
    for row in told if isinstance(told, list) else ():
        if isinstance(row, dict):
            yield Source(*(_text(row.get(key)) for key in ("use", "claim", "where", "confidence")))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value))) if isinstance(value, list) else ()


def _number(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value <= 10_000 else 0


def _of_node(text: str, scenario: Scenario) -> tuple[str, str] | None:
    """A remark that begins with a node's key, `N07：…`, taken apart."""
    found = _OF_A_NODE.match(text)
    return (found[1], found[2]) if found and found[1] in scenario.nodes else None


def _remarks(texts: Iterable[str], node: Node, scenario: Scenario) -> tuple[str, ...]:
    found = (_of_node(text, scenario) for text in texts)
    return tuple(each[1] for each in found if each is not None and each[0] == node.id)


def _node_page(scenario: Scenario, node: Node, guide: Guide, cited: dict[str, library.Cited]) -> NodePage:
    refs = dict.fromkeys([*node.cites, *(ref for choice in node.choices for ref in choice.cites)])
    return NodePage(
        node=node,
        entering=_changes(scenario, node.enter),
        options=tuple(_option(scenario, choice) for choice in node.choices),
        watch=_remarks(guide.watch, node, scenario),
        questions=_remarks(guide.questions, node, scenario),
        cites=tuple(cited[ref] for ref in refs if ref in cited),
    )


def _option(scenario: Scenario, choice: Choice) -> OptionRow:
    names = [f"＋{scenario.flags[key].name}" for key in choice.raises]
    names += [f"－{scenario.flags[key].name}" for key in choice.lowers]
    return OptionRow(choice, _changes(scenario, choice.effects), "，".join(names), sum(choice.points))


def _changes(scenario: Scenario, effects: Iterable[Effect]) -> str:
    return "，".join(_change(scenario, effect) for effect in effects)


def _change(scenario: Scenario, effect: Effect) -> str:
    variable = scenario.variables[effect.variable]
    words = f"{variable.label} {signed(variable.outward(effect.add))}"
    if effect.condition is None or effect.condition.is_certain:
        return words
    return f"{words}（{describe(effect.condition.tree, scenario)}）"


def _hidden(scenario: Scenario) -> Iterator[Hidden]:
    for node in scenario.nodes.values():
        places = [(f"{node.id} {node.title}", node.enter)]
        places += [(f"{node.id}{choice.id} {node.title}", choice.effects) for choice in node.choices]
        for where, effects in places:
            for effect in effects:
                if effect.condition is not None and not effect.condition.is_certain:
                    variable = scenario.variables[effect.variable]
                    yield Hidden(
                        where=where,
                        condition=describe(effect.condition.tree, scenario),
                        change=f"{variable.label} {signed(variable.outward(effect.add))}",
                        sown=_sown(scenario, effect.condition.tree),
                    )


def _sown(scenario: Scenario, tree: Tree) -> str:
    """The choices that raise a flag the condition speaks of, as written paths name them."""
    flags = set(_flags(tree))
    found = [
        f"{node.id}{choice.id}"
        for node in scenario.nodes.values()
        for choice in node.choices
        if flags.intersection(choice.raises)
    ]
    return "、".join(found)


def _flags(tree: Tree) -> Iterator[str]:
    match tree:
        case HasFlag(flag):
            yield flag
        case Not(part):
            yield from _flags(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _flags(part)


def _endings(scenario: Scenario) -> Iterator[EndingRow]:
    stops: dict[str, list[str]] = {}
    for stop in scenario.stops:
        stops.setdefault(stop.ending, []).append(describe(stop.condition.tree, scenario))
    for ending in scenario.endings.values():
        said = [_("at any time: %(condition)s") % {"condition": text} for text in stops.get(ending.id, ())]
        if ending.condition is not None:
            certain = ending.condition.is_certain
            said.append(_("all the rest") if certain else describe(ending.condition.tree, scenario))
        yield EndingRow(
            title=ending.title,
            condition="；".join(said) or _("only by the choices that lead here"),
            cap=f"{float(ending.cap):g}",
            text=ending.debrief,
        )


def _missing(
    scenario: Scenario,
    guide: Guide,
    chain: tuple[PolicyClause, ...],
    sources: tuple[Source, ...],
    cited: dict[str, library.Cited],
) -> Iterator[str]:
    if not guide.purpose or not guide.audience:
        yield _("The guide does not say what the rehearsal is for and for whom.")
    if not guide.preparation or not guide.flow:
        yield _("The guide does not say how to prepare and how the time is used.")
    if not guide.questions:
        yield _("The guide has no questions to discuss.")
    bare = [node.id for node in scenario.nodes.values() if not _remarks(guide.watch, node, scenario)]
    if bare:
        yield _("Nothing is said on what to watch for at: %(nodes)s.") % {"nodes": "、".join(bare)}
    if not chain:
        yield _("There is no chain of rules.")
    if not cited:
        yield _("No choice cites a rule or an entry of the four lists.")
    if not sources:
        yield _("No source is named.")
    if not scenario.seats or not scenario.lenses:
        yield _("There is no second seat, or no lens, to look at the story with.")
