"""Scenario documents come in whole, checked, and in the author's order."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.models import AuditEntry
from simulations.drafts import store_draft
from simulations.models import ScenarioDraft
from simulations.scenarios import InvalidDocument, read_document, read_text

pytestmark = pytest.mark.django_db


@pytest.mark.django_db
def test_draft_is_named_by_its_document_and_audited_once(document: Any, now: datetime) -> None:
    draft = store_draft(document=document, by=None, now=now)
    assert (draft.key, draft.title, draft.stored_at) == ("S1", "老楼新梯", now)
    assert list(AuditEntry.objects.values_list("action", "target", "actor")) == [
        ("scenario.stored", "simulations.scenario:S1", "system")
    ]


@pytest.mark.postgres
@pytest.mark.django_db
def test_document_keeps_the_order_of_its_keys(document: Any, now: datetime) -> None:
    store_draft(document=document, by=None, now=now)
    stored = json.loads(ScenarioDraft.objects.get().document)
    assert list(stored["vars"]) == list(document["vars"])
    assert stored == document


@pytest.mark.django_db
def test_same_content_again_changes_nothing(document: Any, now: datetime) -> None:
    store_draft(document=document, by=None, now=now)
    turned = dict(reversed(document.items()))
    again = store_draft(document=json.dumps(turned), by=None, now=now + timedelta(days=1))
    assert (again.stored_at, AuditEntry.objects.count()) == (now, 1)


@pytest.mark.django_db
def test_new_content_replaces_the_draft(document: Any, now: datetime) -> None:
    first = store_draft(document=document, by=None, now=now)
    later = now + timedelta(days=1)
    second = store_draft(document=document | {"title": "老楼新梯二"}, by=None, now=later)
    assert (second.pk, second.title, second.stored_at) == (first.pk, "老楼新梯二", later)
    assert second.content_hash != first.content_hash
    assert AuditEntry.objects.count() == 2


@pytest.mark.django_db
def test_faulty_document_is_refused_with_every_problem_and_nothing_stored(
    document: Any, now: datetime
) -> None:
    bent = deepcopy(document)
    bent["nodes"][0]["choices"][0]["cond"] = "__import__('os')"
    bent["nodes"][1]["next"] = "NOWHERE"
    with pytest.raises(InvalidDocument) as refused:
        store_draft(document=bent, by=None, now=now)
    assert [problem.split("：")[0] for problem in refused.value.problems] == [
        "nodes[0].choices[a].cond",
        "nodes[1].next",
    ]
    assert ScenarioDraft.objects.count() == 0


@pytest.mark.parametrize("text", ["", "{", "[1, 2", '{"id": "S1", "id": "S2"}', "[" * 100_000, "NaN"])
def test_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocument):
        read_document(read_text(text))


@pytest.mark.parametrize("key", ["老楼", "a b", "../x", "x" * 81])
def test_key_must_fit_into_an_address(document: Any, key: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read_document(document | {"id": key})
    assert [problem.split("：")[0] for problem in refused.value.problems] == ["id"]


def test_view_that_differs_from_the_framework_is_refused(document: Any) -> None:
    document["views"] = {"A_x": {"专业能力": ["zc"], "技术能力": ["sz"], "共情能力": ["gq", "sg"]}}
    with pytest.raises(InvalidDocument) as refused:
        read_document(document)
    assert [problem.split("：")[0] for problem in refused.value.problems] == ["views.A"]


def test_minutes_and_hours_follow_from_the_nodes_unless_stated(document: Any) -> None:
    usual = read_document(document)
    stated = read_document(document | {"minutes": 50, "hours": 1.5})
    assert (usual.minutes, str(usual.hours), usual.view_ref) == (54, "1.0", "A@1")
    assert (stated.minutes, str(stated.hours)) == (50, "1.5")


@pytest.mark.parametrize("stated", [{"minutes": "50"}, {"minutes": 0}, {"hours": 100}, {"hours": True}])
def test_minutes_and_hours_must_make_sense(document: Any, stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read_document(document | stated)
    assert [problem.split("：")[0] for problem in refused.value.problems] == list(stated)
