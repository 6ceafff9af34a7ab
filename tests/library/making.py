"""The library as the demo's files have it, put there at once: scenarios that ship cite it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from cms.demo.pack import PACK, read_yaml
from library.models import ListEntry, PolicyChain, PolicyChainLink, PolicyClause

DAYS = {"as_of": date(2026, 10, 20), "review_by": date(2027, 10, 20)}


def stock_library() -> None:
    """Every clause, chain and list entry of the pack. Twice is once. Eight queries at most."""
    clauses, chains, entries = _pack()
    PolicyClause.objects.bulk_create([PolicyClause(**each) for each in clauses], ignore_conflicts=True)
    ListEntry.objects.bulk_create([ListEntry(**each) for each in entries], ignore_conflicts=True)
    known = set(PolicyChain.objects.values_list("key", flat=True))
    new = [each for each in chains if each["key"] not in known]
    PolicyChain.objects.bulk_create([PolicyChain(key=each["key"], title=each["title"]) for each in new])
    by_key = dict(PolicyClause.objects.values_list("key", "pk"))
    chain_of = dict(PolicyChain.objects.values_list("key", "pk"))
    PolicyChainLink.objects.bulk_create(
        PolicyChainLink(chain_id=chain_of[each["key"]], clause_id=by_key[key], sort_order=place)
        for each in new
        for place, key in enumerate(each["clauses"])
    )


@cache
def _pack() -> tuple[list[Any], list[Any], list[Any]]:
    policies = [read_yaml(path) for path in sorted((PACK / "policies").glob("*.yaml"))]
    lists = [read_yaml(path) for path in sorted((PACK / "lists").glob("*.yaml"))]
    return (
        [clause for document in policies for clause in document["clauses"]],
        [chain for document in policies for chain in document["chains"]],
        [DAYS | entry for document in lists for entry in document["entries"]],
    )
