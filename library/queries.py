"""Reads of the library that other rooms share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from library.models import ListEntry, ListKind, PolicyChain, PolicyClause

CLAUSE = "clause"
LIST = "list"


@dataclass(frozen=True)
class Cited:
    """What a reference like `clause:civil-code-278` or `list:visit-before-meeting` leads to.

    `label` is the clause's level or the entry's list, `source` where it stands; `note` warns that a clause was not
    compared with its full text yet. `gone_on` is the day it ceased to hold or to be recommended.
    """

    ref: str
    kind: str
    label: str
    level: str
    title: str
    text: str
    source: str
    note: str
    gone_on: date | None

    def holds(self, *, on: date) -> bool:
        """Whether it may be cited on that day."""
        return self.gone_on is None or self.gone_on > on


def chain(key: str) -> tuple[PolicyClause, ...]:
    """The clauses of a chain, central first; empty for an unknown key. One query."""
    return tuple(PolicyClause.objects.filter(links__chain__key=key).order_by("links__sort_order"))


def clauses_to_review(*, by: date) -> QuerySet[PolicyClause]:
    """Clauses to be looked at again by this day or overdue already, the earliest first. One query.

    What was repealed is looked at no more.
    """
    return PolicyClause.objects.filter(review_by__lte=by, repealed_on=None).order_by("review_by", "key")


def cited(refs: Iterable[str]) -> dict[str, Cited]:
    """What these references lead to, by reference; unknown ones are absent. One query for each kind that is named."""
    keys: dict[str, set[str]] = {CLAUSE: set(), LIST: set()}
    for ref in refs:
        kind, _colon, key = ref.partition(":")
        keys.get(kind, set()).add(key)
    found = [_as_cited(clause) for clause in _clauses(keys[CLAUSE])]
    found += [_listed(entry) for entry in _entries(keys[LIST])]
    return {each.ref: each for each in found}


def is_chain(key: str) -> bool:
    """Whether the library has a policy chain of this key. One query."""
    return PolicyChain.objects.filter(key=key).exists()


def entries_shown(*, on: date, kind: str = "", words: str = "") -> QuerySet[ListEntry]:
    """Entries that are recommended on this day, by list and date, the newest first; lazy.

    `words` are looked for in titles and texts, every one of them somewhere.
    """
    shown = ListEntry.objects.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on))
    if kind in ListKind.values:
        shown = shown.filter(kind=kind)
    for word in words.split()[:8]:
        shown = shown.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return shown.order_by("-as_of", "key")


def _clauses(keys: Collection[str]) -> Iterable[PolicyClause]:
    return PolicyClause.objects.filter(key__in=keys) if keys else ()


def _entries(keys: Collection[str]) -> Iterable[ListEntry]:
    return ListEntry.objects.filter(key__in=keys) if keys else ()


def _as_cited(clause: PolicyClause) -> Cited:
    return Cited(
        ref=f"{CLAUSE}:{clause.key}",
        kind=CLAUSE,
        label=clause.get_level_display(),
        level=clause.level,
        title=clause.title,
        text=clause.text,
        source=clause.citation,
        note="" if clause.verified else clause.note,
        gone_on=clause.repealed_on,
    )


def _listed(entry: ListEntry) -> Cited:
    return Cited(
        ref=f"{LIST}:{entry.key}",
        kind=LIST,
        label=entry.get_kind_display(),
        level="",
        title=entry.title,
        text=entry.text,
        source=entry.source,
        note="",
        gone_on=entry.withdrawn_on,
    )
