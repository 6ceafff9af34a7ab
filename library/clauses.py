"""Storing policy clauses and chains: what is already so is left alone, and leaves no trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import Refusal
from library.models import PolicyChain, PolicyChainLink, PolicyClause, PolicyLevel
from people.models import Person, Role
from people.roles import check_role


@dataclass(frozen=True)
class ClauseEntry:
    """Everything a clause says; the fields of PolicyClause. Without `repealed_on` a repeal that is known stays."""

    key: str
    level: PolicyLevel
    title: str
    text: str
    citation: str
    as_of: date
    review_by: date
    source: str = ""
    verified: bool = False
    note: str = ""
    repealed_on: date | None = None


@transaction.atomic
def store_clause(*, entry: ClauseEntry, by: Person | None, now: datetime) -> PolicyClause:
    """Create the clause of this key, or bring it up to date. Raises Refusal when it is not complete."""
    wanted = asdict(entry)
    if entry.repealed_on is None:
        del wanted["repealed_on"]
    clause = PolicyClause.objects.select_for_update().filter(key=entry.key).first() or PolicyClause()
    if clause.pk and all(getattr(clause, name) == value for name, value in wanted.items()):
        return clause
    _check_entry(entry)
    for name, value in wanted.items():
        setattr(clause, name, value)
    clause.save()
    audit.record(action="policy.clause_stored", target=f"library.clause:{entry.key}", by=by, now=now)
    return clause


@transaction.atomic
def store_chain(
    *, key: str, title: str, clause_keys: Sequence[str], by: Person | None, now: datetime
) -> PolicyChain:
    """Create the chain of this key, or give it this title and these clauses in this order.

    Raises Refusal for an unknown clause, a clause named twice, or a level that stands above the one before it.
    """
    clauses = _clauses_in_order(key, clause_keys)
    check_levels(key, [PolicyLevel(clause.level) for clause in clauses])
    chain, created = PolicyChain.objects.select_for_update().get_or_create(key=key, defaults={"title": title})
    stored = chain.links.order_by("sort_order").values_list("clause__key", flat=True)
    if not created and chain.title == title and list(stored) == list(clause_keys):
        return chain
    PolicyChain.objects.filter(pk=chain.pk).update(title=title)
    PolicyChainLink.objects.filter(chain=chain).delete()
    PolicyChainLink.objects.bulk_create(
        PolicyChainLink(chain=chain, clause=clause, sort_order=place) for place, clause in enumerate(clauses)
    )
    audit.record(action="policy.chain_stored", target=f"library.chain:{key}", by=by, now=now)
    return PolicyChain.objects.get(pk=chain.pk)


def repeal_clause(*, clause: PolicyClause, on: date, by: Person | None, now: datetime) -> PolicyClause:
    """Say from which day on the clause no longer holds. The same day again changes nothing, another day corrects it.

    Questions that rest on it are flagged from that day on; lessons and chains keep showing what they show. Raises
    Refusal for a day before the clause's own date, NotAllowed for somebody who is not an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    with transaction.atomic():
        clause = PolicyClause.objects.select_for_update().get(pk=clause.pk)
        if clause.repealed_on == on:
            return clause
        if on < clause.as_of:
            raise Refusal(
                _("The policy clause “%(key)s” cannot be repealed before its date.") % {"key": clause.key},
                code="date",
            )
        clause.repealed_on = on
        clause.save(update_fields=["repealed_on"])
        audit.record(
            action="policy.clause_repealed",
            target=f"library.clause:{clause.key}",
            by=by,
            now=now,
            repealed_on=on.isoformat(),
        )
    return clause


def check_levels(key: str, levels: Sequence[PolicyLevel]) -> None:
    """Raises Refusal unless the levels only go down: central, local, community. An empty chain is refused too."""
    ranks = [list(PolicyLevel).index(level) for level in levels]
    if not ranks:
        raise Refusal(_("The policy chain “%(key)s” has no clauses.") % {"key": key})
    if ranks != sorted(ranks):
        raise Refusal(
            _("The policy chain “%(key)s” must go from central to local to community.") % {"key": key}
        )


def _clauses_in_order(key: str, clause_keys: Sequence[str]) -> list[PolicyClause]:
    if len(set(clause_keys)) != len(clause_keys):
        raise Refusal(_("The policy chain “%(key)s” names a clause twice.") % {"key": key})
    found = {clause.key: clause for clause in PolicyClause.objects.filter(key__in=clause_keys)}
    unknown = [each for each in clause_keys if each not in found]
    if unknown:
        raise Refusal(
            _("The policy chain “%(key)s” names unknown clauses: %(unknown)s.")
            % {"key": key, "unknown": ", ".join(unknown)}
        )
    return [found[each] for each in clause_keys]


def _check_entry(entry: ClauseEntry) -> None:
    needed = (entry.key, entry.title, entry.text, entry.citation)
    if not all(text.strip() for text in needed) or entry.level not in PolicyLevel.values:
        raise Refusal(
            _("The policy clause “%(key)s” needs a key, a level, a title, a text and a citation.")
            % {"key": entry.key}
        )
    if not entry.verified and not entry.note.strip():
        raise Refusal(
            _("The policy clause “%(key)s” is not verified: its note must say so.") % {"key": entry.key}
        )
    if entry.review_by < entry.as_of:
        raise Refusal(
            _("The policy clause “%(key)s” is due for review before its date.") % {"key": entry.key}
        )
    if entry.repealed_on and entry.repealed_on < entry.as_of:
        raise Refusal(
            _("The policy clause “%(key)s” cannot be repealed before its date.") % {"key": entry.key},
            code="date",
        )
