"""Policy clauses and chains, and entries of the four lists, from YAML files.

clauses: [{key, level: central|local|community, title, text, citation, source, verified, note, as_of, review_by,
           repealed_on (may be absent)}]
chains:  [{key, title, clauses: [clause keys, central first]}]

entries: [{key, kind: innovation|practice|risk|liability, title, text, source,
           as_of, review_by, withdrawn_on (each may be absent: today, a year later, never)}]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refusal
from library.clauses import ClauseEntry, store_chain, store_clause
from library.lists import EntryText, store_list_entry
from library.models import ListEntry, PolicyChain, PolicyClause
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


@transaction.atomic
def import_lists(path: Path, *, by: Person | None, now: datetime) -> tuple[ListEntry, ...]:
    """Store every entry in the file, or nothing. A second run of the same file changes nothing.

    Raises Refusal naming the entry that cannot be stored.
    """
    return tuple(
        store_list_entry(entry=_list_entry(item, today=timezone.localdate(now)), by=by, now=now)
        for item in _entries(_read(path), "entries", "key", "kind", "title", "text")
    )


def _list_entry(item: dict[str, Any], *, today: date) -> EntryText:
    as_of = item.get("as_of", today)
    a_year_later = as_of + timedelta(days=365) if isinstance(as_of, date) else None
    days = {
        "as_of": as_of,
        "review_by": item.get("review_by", a_year_later),
        "withdrawn_on": item.get("withdrawn_on"),
    }
    for name, day in days.items():
        if not isinstance(day, date) and (name != "withdrawn_on" or day is not None):
            raise Refusal(
                _("The list entry “%(key)s” needs a date in %(field)s.") % {"key": item["key"], "field": name}
            )
    texts = {name: str(item.get(name, "")).strip() for name in ("key", "kind", "title", "text", "source")}
    return EntryText(**texts, **days)  # type: ignore[arg-type]  # kind and days are checked when stored


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
