"""Policies from a file: everything or nothing, and twice is once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from core.errors import Refusal
from core.models import AuditEntry
from library import queries
from library.importing import import_policies
from library.models import PolicyChain, PolicyClause

pytestmark = pytest.mark.django_db
PACK = settings.BASE_DIR / "cms" / "demo" / "pack" / "policies"

CLAUSE = """
  - {key: a, level: central, title: 标题, text: 说明, citation: 第一条, note: 示例,
     as_of: 2026-11-20, review_by: 2027-05-20}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "policies.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_demo_policies_are_imported_once(now: datetime) -> None:
    files = sorted(PACK.iterdir())
    first = [import_policies(path, by=None, now=now) for path in files]
    entries = AuditEntry.objects.count()
    second = [import_policies(path, by=None, now=now) for path in files]
    assert second == first
    assert (PolicyClause.objects.count(), PolicyChain.objects.count()) == (
        sum(len(each.clauses) for each in first),
        sum(len(each.chains) for each in first),
    )
    assert AuditEntry.objects.count() == entries
    levels = [clause.level for clause in queries.chain("elevator-vote")]
    assert levels == ["central", "local", "community"]


@pytest.mark.parametrize(
    "text",
    [
        "clauses: [",
        "只是一句话",
        "clauses: [{key: a, level: central, title: 标题}]",
        "clauses: [纯文字]",
        f"clauses: {CLAUSE}chains: [{{key: c, title: 链}}]",
        f"clauses: {CLAUSE}chains: [{{key: c, title: 链, clauses: [missing]}}]",
    ],
)
def test_a_broken_file_is_refused_whole(text: str, tmp_path: Path, now: datetime) -> None:
    with pytest.raises(Refusal):
        import_policies(write(tmp_path, text), by=None, now=now)
    assert not PolicyClause.objects.exists()


def test_a_repealed_clause_is_imported_with_its_day_and_a_wrong_day_is_refused(
    tmp_path: Path, now: datetime
) -> None:
    repealed = CLAUSE.rstrip()[:-1] + ", repealed_on: %s}\n"
    import_policies(write(tmp_path, f"clauses: {repealed % '2027-01-01'}"), by=None, now=now)
    assert str(PolicyClause.objects.get().repealed_on) == "2027-01-01"
    with pytest.raises(Refusal):
        import_policies(write(tmp_path, f"clauses: {repealed % '明年'}"), by=None, now=now)
