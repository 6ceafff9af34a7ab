"""Decisions as pages show them: the proof tree in words, how far along, and the cheapest next step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from assessments.considering import Considered
from assessments.deciding import Missing, ProofNode
from assessments.schemes.wording import age_note, have_text
from competencies.models import Subject

AddressOf = Callable[[str, str], str]
"""Where a subject's kind and key lead; "" for nowhere."""


@dataclass(frozen=True)
class ProofLine:
    """One branch for `components/proof.html`."""

    title: str
    met: bool
    have_text: str
    note: str = ""
    url: str = ""
    url_text: str = ""
    children: tuple[ProofLine, ...] = ()


@dataclass(frozen=True)
class Step:
    """Something still missing on the cheapest way; `minutes` is what it typically takes.

    `kind` is the rule's (exam, scenario, course, endorsement …), `subject_key` what it asks for, `url_text` the words
    of the link. `ready` is False for an exam whose course, asked for beside it, is not finished: it leads nowhere, and
    `url_text` says what comes first.
    """

    title: str
    minutes: int
    url: str
    kind: str = ""
    subject_key: str = ""
    ready: bool = True
    url_text: str = ""


@dataclass(frozen=True)
class SchemeStanding:
    """A scheme as its candidate sees it: `done` of `total` leaf rules are met on the way that counts."""

    scheme_key: str
    scheme_title: str
    certificate_title: str
    met: bool
    done: int
    total: int
    missing: tuple[Step, ...]
    considered: Considered
    address_of: AddressOf

    @cached_property
    def proof(self) -> ProofLine:
        """The whole tree in words."""
        tree, missing = self.considered.decision.tree, self.considered.decision.missing
        return _line(tree, self.address_of, _too_early(tree), frozenset(each.rule for each in missing))

    @property
    def percent(self) -> int:
        """The share of met rules, whole, rounded down."""
        return 100 if self.met else self.done * 100 // self.total

    @property
    def next_step(self) -> Step | None:
        """The first missing step that makes sense now; None when nothing is missing."""
        return next((step for step in self.missing if step.ready), next(iter(self.missing), None))

    def going_on_with(self, begun: Mapping[str, int]) -> SchemeStanding:
        """The same with the courses somebody is in the middle of first, in the order of `begun`: key → minutes left."""
        order = list(begun)

        def rank(step: Step) -> int:
            return order.index(step.subject_key) if _is_under_way(step, begun) else len(order)

        missing = (
            replace(step, minutes=begun[step.subject_key]) if _is_under_way(step, begun) else step
            for step in sorted(self.missing, key=rank)
        )
        return replace(self, missing=tuple(missing))

    @property
    def minutes(self) -> int:
        """What the missing steps typically take together."""
        return sum(step.minutes for step in self.missing)


def _is_under_way(step: Step, begun: Mapping[str, int]) -> bool:
    return step.kind == "course" and step.subject_key in begun


def standings_of(
    considered: Iterable[Considered], *, address_of: AddressOf | None = None
) -> tuple[SchemeStanding, ...]:
    """Standings ready to be drawn. One query, for the addresses of what rules ask for, unless the caller knows them."""
    considered = tuple(considered)
    address_of = address_of or _looked_up(considered)
    return tuple(_standing(each, address_of) for each in considered)


def standings_by_person(
    considered: Mapping[UUID, tuple[Considered, ...]], *, address_of: AddressOf | None = None
) -> dict[UUID, tuple[SchemeStanding, ...]]:
    """The same for several people, still with one query at most."""
    address_of = address_of or _looked_up(each for one in considered.values() for each in one)
    return {person_id: standings_of(one, address_of=address_of) for person_id, one in considered.items()}


def _looked_up(considered: Iterable[Considered]) -> AddressOf:
    keys = {node.subject_key for each in considered for node in each.decision.tree.leaves()}
    rows = Subject.objects.filter(key__in=keys - {""}).values_list("kind", "key", "url")
    urls = {(kind, key): url for kind, key, url in rows}
    return lambda kind, key: urls.get((kind, key), "")


def _standing(considered: Considered, address_of: AddressOf) -> SchemeStanding:
    decision, version = considered.decision, considered.version
    too_early = _too_early(decision.tree)
    return SchemeStanding(
        scheme_key=version.key,
        scheme_title=version.title,
        certificate_title=version.definition["certificate_title"],
        met=decision.met,
        done=_done(considered),
        total=_done(considered) + len(decision.missing),
        missing=tuple(_step(each, address_of, too_early) for each in _to_do(decision.missing)),
        considered=considered,
        address_of=address_of,
    )


def _too_early(tree: ProofNode) -> frozenset[str]:
    """Exams beside an unfinished course: one learns before one sits."""
    return frozenset(
        leaf.rule
        for group in tree.walk()
        if any(child.kind == "course" and not child.met for child in group.children)
        for leaf in group.children
        if leaf.kind == "exam"
    )


def _done(considered: Considered) -> int:
    return sum(node.met for node in considered.decision.tree.leaves())


def _line(
    node: ProofNode, address_of: AddressOf, too_early: frozenset[str], way: frozenset[str]
) -> ProofLine:
    waits = not node.met and node.rule in too_early
    led = node.subject_key and not node.met and not waits
    url = address_of(node.subject_kind, node.subject_key) if led else ""
    return ProofLine(
        title=node.title,
        met=node.met,
        have_text=have_text(node, way),
        note=_("after the course") if waits else age_note(node),
        url=url,
        url_text=_url_text(node.kind) if url else "",
        children=tuple(_line(child, address_of, too_early, way) for child in node.children),
    )


def _to_do(missing: Iterable[Missing]) -> list[Missing]:
    """Each activity once, where it is first asked for, under the name of the rule that asks the most of it."""
    found: dict[tuple[str, str, str], Missing] = {}
    for each in missing:
        activity = (each.kind, each.subject_kind, each.subject_key)
        known = found.setdefault(activity, each)
        if known is not each:
            most = max(known, each, key=lambda one: one.need)
            found[activity] = replace(most, minutes=known.minutes + each.minutes)
    return list(found.values())


def _step(missing: Missing, address_of: AddressOf, too_early: frozenset[str]) -> Step:
    ready = missing.rule not in too_early
    led = missing.subject_key and ready
    return Step(
        title=missing.title,
        minutes=missing.minutes,
        url=address_of(missing.subject_kind, missing.subject_key) if led else "",
        kind=missing.kind,
        subject_key=missing.subject_key,
        ready=ready,
        url_text=_url_text(missing.kind) if ready else _("after the course"),
    )


def _url_text(kind: str) -> str:
    texts = {
        "course": _("Go to the course"),
        "exam": _("Go to the exam"),
        "scenario": _("Go to the simulation"),
    }
    return texts.get(kind, _("Go there"))
