"""Decisions as pages show them: the proof tree in words, how far along, and the cheapest next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.considering import Considered
from assessments.deciding import Missing, ProofNode
from assessments.items.checking import as_text
from competencies.models import Subject

SubjectUrls = Mapping[tuple[str, str], str]


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
    """Something still missing on the cheapest way; `minutes` is what it typically takes."""

    title: str
    minutes: int
    url: str


@dataclass(frozen=True)
class SchemeStanding:
    """A scheme as its candidate sees it: `done` of `total` leaf rules are met on the way that counts."""

    scheme_key: str
    scheme_title: str
    certificate_title: str
    met: bool
    done: int
    total: int
    proof: ProofLine
    missing: tuple[Step, ...]

    @property
    def percent(self) -> int:
        """The share of met rules, whole, rounded down."""
        return 100 if self.met else self.done * 100 // self.total

    @property
    def minutes(self) -> int:
        """What the missing steps typically take together."""
        return sum(step.minutes for step in self.missing)


def standings_of(considered: Iterable[Considered]) -> tuple[SchemeStanding, ...]:
    """Standings ready to be drawn. One query, for the addresses of what rules ask for."""
    considered = tuple(considered)
    urls = _urls(considered)
    return tuple(_standing(each, urls) for each in considered)


def standings_by_person(
    considered: Mapping[UUID, tuple[Considered, ...]],
) -> dict[UUID, tuple[SchemeStanding, ...]]:
    """The same for several people, still with one query."""
    urls = _urls(each for considered_of_one in considered.values() for each in considered_of_one)
    return {
        person_id: tuple(_standing(each, urls) for each in considered_of_one)
        for person_id, considered_of_one in considered.items()
    }


def _urls(considered: Iterable[Considered]) -> SubjectUrls:
    keys = {node.subject_key for each in considered for node in each.decision.tree.leaves()}
    rows = Subject.objects.filter(key__in=keys - {""}).values_list("kind", "key", "url")
    return {(kind, key): url for kind, key, url in rows}


def _standing(considered: Considered, urls: SubjectUrls) -> SchemeStanding:
    decision, version = considered.decision, considered.version
    return SchemeStanding(
        scheme_key=version.key,
        scheme_title=version.title,
        certificate_title=version.definition["certificate_title"],
        met=decision.met,
        done=_done(considered),
        total=_done(considered) + len(decision.missing),
        proof=_line(decision.tree, urls),
        missing=tuple(_step(each, urls) for each in decision.missing),
    )


def _done(considered: Considered) -> int:
    return sum(node.met for node in considered.decision.tree.leaves())


def _line(node: ProofNode, urls: SubjectUrls) -> ProofLine:
    url = "" if node.met else urls.get((node.subject_kind, node.subject_key), "")
    return ProofLine(
        title=node.title,
        met=node.met,
        have_text=_have_text(node),
        url=url,
        url_text=_url_text(node.kind) if url else "",
        children=tuple(_line(child, urls) for child in node.children),
    )


def _step(missing: Missing, urls: SubjectUrls) -> Step:
    url = urls.get((missing.subject_kind, missing.subject_key), "")
    return Step(missing.title, missing.minutes, url)


def _have_text(node: ProofNode) -> str:
    if node.children:
        return _group_text(node)
    if node.kind in {"exam", "scenario"}:
        if node.have is not None:
            return _("%(percent)s%% of the points") % {"percent": as_text(node.have)}
        return _("not sat yet") if node.kind == "exam" else _("not played yet")
    if node.kind == "practice":
        have, need = as_text(node.have or node.need * 0), as_text(node.need)
        return _("%(have)s of %(need)s hours") % {"have": have, "need": need}
    return _PRESENT[node.kind][node.met]()


def _group_text(node: ProofNode) -> str:
    if node.met:
        return _("met")
    short = int(node.need - (node.have or 0))
    return ngettext("%(count)s still missing", "%(count)s still missing", short) % {"count": short}


def _url_text(kind: str) -> str:
    texts = {
        "course": _("Go to the course"),
        "exam": _("Go to the exam"),
        "scenario": _("Go to the simulation"),
    }
    return texts.get(kind, _("Go there"))


_PRESENT = {
    "course": (lambda: _("not finished yet"), lambda: _("finished")),
    "endorsement": (lambda: _("not endorsed yet"), lambda: _("endorsed")),
    "certificate": (lambda: _("no certificate yet"), lambda: _("certificate recognised")),
}
