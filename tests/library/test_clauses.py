"""Clauses and chains: stored once, told in order, never silently wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from library import queries
from library.clauses import ClauseEntry, repeal_clause, store_chain, store_clause
from library.models import PolicyChainLink, PolicyClause, PolicyLevel
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def entry(key: str = "rule", level: PolicyLevel = PolicyLevel.CENTRAL, **fields: Any) -> ClauseEntry:
    values = {
        "title": "改建要过两道门槛",
        "text": "先看参与，再看同意。",
        "citation": "《民法典》第二百七十八条",
        "note": "教学示例。",
        "as_of": date(2026, 11, 20),
        "review_by": date(2027, 5, 20),
    }
    return ClauseEntry(key=key, level=level, **{**values, **fields})


@pytest.mark.postgres
def test_a_clause_stored_twice_is_one_row_and_one_audit_entry(now: datetime) -> None:
    first = store_clause(entry=entry(), by=None, now=now)
    second = store_clause(entry=entry(), by=None, now=now)
    assert first == second
    assert list(AuditEntry.objects.values_list("action", "target")) == [
        ("policy.clause_stored", "library.clause:rule")
    ]


def test_a_changed_clause_keeps_its_row(now: datetime) -> None:
    first = store_clause(entry=entry(), by=None, now=now)
    second = store_clause(entry=entry(title="换个标题"), by=None, now=now)
    assert (second.pk, PolicyClause.objects.get().title) == (first.pk, "换个标题")


@pytest.mark.parametrize(
    "broken",
    [
        {"title": " "},
        {"citation": ""},
        {"verified": False, "note": ""},
        {"review_by": date(2026, 1, 1)},
        {"level": "county"},
    ],
)
def test_an_incomplete_clause_is_refused(broken: dict[str, Any], now: datetime) -> None:
    with pytest.raises(Refusal):
        store_clause(entry=replace(entry(), **broken), by=None, now=now)
    assert not PolicyClause.objects.exists()


def test_a_chain_tells_its_clauses_central_first(now: datetime) -> None:
    levels = dict(zip(["c", "b", "a"], PolicyLevel, strict=True))
    for key, level in levels.items():
        store_clause(entry=entry(key, level), by=None, now=now)
    store_chain(key="vote", title="怎么表决", clause_keys=["c", "b", "a"], by=None, now=now)
    assert [clause.key for clause in queries.chain("vote")] == ["c", "b", "a"]


def test_a_chain_stored_twice_changes_nothing_and_a_shorter_one_replaces_it(now: datetime) -> None:
    for key in ("a", "b"):
        store_clause(entry=entry(key), by=None, now=now)
    first = store_chain(key="vote", title="怎么表决", clause_keys=["a", "b"], by=None, now=now)
    entries = AuditEntry.objects.count()
    assert store_chain(key="vote", title="怎么表决", clause_keys=["a", "b"], by=None, now=now) == first
    assert AuditEntry.objects.count() == entries
    store_chain(key="vote", title="怎么表决", clause_keys=["b"], by=None, now=now)
    assert [clause.key for clause in queries.chain("vote")] == ["b"]


@pytest.mark.parametrize("keys", [[], ["a", "a"], ["a", "nobody"], ["low", "a"]])
def test_a_broken_chain_is_refused(keys: list[str], now: datetime) -> None:
    store_clause(entry=entry("a"), by=None, now=now)
    store_clause(entry=entry("low", PolicyLevel.COMMUNITY), by=None, now=now)
    with pytest.raises(Refusal):
        store_chain(key="vote", title="怎么表决", clause_keys=keys, by=None, now=now)


def test_an_unknown_chain_is_empty() -> None:
    assert queries.chain("nothing") == ()


@pytest.mark.postgres
def test_the_database_holds_level_dates_and_place(now: datetime) -> None:
    clause = store_clause(entry=entry(), by=None, now=now)
    chain = store_chain(key="vote", title="怎么表决", clause_keys=["rule"], by=None, now=now)
    for broken in ({"level": "county"}, {"review_by": date(2020, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PolicyClause.objects.filter(pk=clause.pk).update(**broken)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyChainLink.objects.create(chain=chain, clause=clause)


def test_clauses_come_up_for_review_on_their_day_the_earliest_first(now: datetime) -> None:
    for key, day in (("later", 20), ("sooner", 10), ("last", 30)):
        store_clause(entry=entry(key, review_by=date(2027, 5, day)), by=None, now=now)
    due = queries.clauses_to_review(by=date(2027, 5, 20))
    assert [clause.key for clause in due] == ["sooner", "later"]


def test_a_repeal_is_kept_and_audited_once(now: datetime) -> None:
    clause = store_clause(entry=entry(), by=None, now=now)
    for day in (date(2027, 1, 1), date(2027, 1, 1), date(2027, 2, 1)):
        repeal_clause(clause=clause, on=day, by=None, now=now)
    assert PolicyClause.objects.get().repealed_on == date(2027, 2, 1)
    assert AuditEntry.objects.filter(action="policy.clause_repealed").count() == 2


def test_a_clause_is_not_repealed_before_its_date(now: datetime) -> None:
    clause = store_clause(entry=entry(), by=None, now=now)
    with pytest.raises(Refusal) as refused:
        repeal_clause(clause=clause, on=date(2026, 11, 19), by=None, now=now)
    assert refused.value.code == "date"
    with pytest.raises(Refusal) as refused:
        store_clause(entry=entry("other", repealed_on=date(2026, 11, 19)), by=None, now=now)
    assert refused.value.code == "date"


def test_only_authors_repeal_clauses(now: datetime) -> None:
    clause = store_clause(entry=entry(), by=None, now=now)
    with pytest.raises(NotAllowed):
        repeal_clause(clause=clause, on=date(2027, 1, 1), by=make_person("旁人"), now=now)


def test_storing_a_repealed_clause_again_keeps_the_repeal(now: datetime) -> None:
    clause = store_clause(entry=entry(), by=None, now=now)
    repeal_clause(clause=clause, on=date(2027, 1, 1), by=None, now=now)
    store_clause(entry=entry(title="换个标题"), by=None, now=now)
    assert PolicyClause.objects.get().repealed_on == date(2027, 1, 1)


def test_a_repealed_clause_is_not_due_for_review(now: datetime) -> None:
    clause = store_clause(entry=entry(), by=None, now=now)
    assert list(queries.clauses_to_review(by=date(2028, 1, 1))) == [clause]
    repeal_clause(clause=clause, on=date(2027, 1, 1), by=None, now=now)
    assert list(queries.clauses_to_review(by=date(2028, 1, 1))) == []
