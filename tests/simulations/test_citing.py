"""A scenario may cite only what the library has and what still holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from library.models import ListEntry, PolicyClause
from simulations.scenarios import InvalidDocument, read_document

pytestmark = pytest.mark.django_db


def test_shipped_scenario_cites_what_there_is_with_three_queries(
    document: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        read_document(document)


def test_unknown_and_withdrawn_references_are_named_at_their_field(document: Any) -> None:
    document["nodes"][0]["cites"] = ["clause:nowhere"]
    document["nodes"][1]["choices"][2]["cites"] = ["list:gone", "clause:old"]
    document["chain"] = "no-chain"
    days = {"as_of": date(2025, 1, 1), "review_by": date(2026, 1, 1)}
    ListEntry.objects.create(
        key="gone", kind="risk", title="收回了", text="x", withdrawn_on=date(2025, 2, 1), **days
    )
    PolicyClause.objects.create(
        key="old", level="local", title="废止了", text="x", citation="x", repealed_on=date(2025, 2, 1), **days
    )
    with pytest.raises(InvalidDocument) as raised:
        read_document(document)
    assert list(raised.value.problems) == [
        "nodes[0].cites[0]：资料库里没有“clause:nowhere”",
        "nodes[1].choices[c].cites[0]：“收回了”自 2025-02-01 起不再有效",
        "nodes[1].choices[c].cites[1]：“废止了”自 2025-02-01 起不再有效",
        "chain：资料库里没有政策链“no-chain”",
    ]
