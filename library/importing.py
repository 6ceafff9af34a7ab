"""Policy clauses and chains from a YAML file.

clauses: [{key, level: central|local|community, title, text, citation, source, verified, note, as_of, review_by,
           repealed_on (may be absent)}]
chains:  [{key, title, clauses: [clause keys, central first]}]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refusal
from library.clauses import ClauseEntry, store_chain, store_clause
from library.models import PolicyChain, PolicyClause
from people.models import Person

TEXTS = ("key", "level", "title", "text", "citation", "source", "note")


@dataclass(frozen=True)
class ImportedPolicies:
    """What the file named, new or known."""

    clauses: tuple[PolicyClause, ...]
    chains: tuple[PolicyChain, ...]


@transaction.atomic
def import_policies(path: Path, *, by: Person | None, now: datetime) -> ImportedPolicies:
    """Store everything in the file, or nothing. A second run of the same file changes nothing.

    Raises Refusal naming the entry that cannot be stored.
    """
    document = _read(path)
    clauses = tuple(
        store_clause(entry=_entry(item), by=by, now=now) for item in _entries(document, "clauses")
    )
    chains = tuple(
        store_chain(key=item["key"], title=item["title"], clause_keys=item["clauses"], by=by, now=now)
        for item in _entries(document, "chains", "key", "title", "clauses")
    )
    return ImportedPolicies(clauses, chains)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Refusal(_("%(file)s is not YAML: %(error)s") % {"file": path.name, "error": error}) from error
    if not isinstance(document, dict):
        raise Refusal(_("%(file)s has no clauses and no chains.") % {"file": path.name})
    return document


def _entries(document: dict[str, Any], section: str, *needed: str) -> list[dict[str, Any]]:
    entries = document.get(section) or []
    for place, item in enumerate(entries, start=1):
        missing = [name for name in needed if not isinstance(item, dict) or not item.get(name)]
        if missing or not isinstance(item, dict):
            raise Refusal(
                _("Entry %(place)s of %(section)s lacks: %(missing)s.")
                % {"place": place, "section": section, "missing": ", ".join(missing)}
            )
    return entries


def _entry(item: dict[str, Any]) -> ClauseEntry:
    for name in ("as_of", "review_by"):
        if not isinstance(item.get(name), date):
            raise Refusal(
                _("The policy clause “%(key)s” needs a date in %(field)s.")
                % {"key": item.get("key", ""), "field": name}
            )
    repealed_on = item.get("repealed_on")
    if repealed_on is not None and not isinstance(repealed_on, date):
        raise Refusal(
            _("The policy clause “%(key)s” needs a date in %(field)s.")
            % {"key": item.get("key", ""), "field": "repealed_on"}
        )
    texts = {name: str(item.get(name, "")).strip() for name in TEXTS}
    return ClauseEntry(
        **texts,  # type: ignore[arg-type]  # the level is checked when stored
        as_of=item["as_of"],
        review_by=item["review_by"],
        verified=item.get("verified") is True,
        repealed_on=repealed_on,
    )
