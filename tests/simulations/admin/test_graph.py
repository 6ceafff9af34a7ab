"""The graph of a draft: as data, and as a table."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.template.loader import render_to_string
from django.urls import reverse

from people.models import Role
from simulations.drafts import store_draft
from simulations.models import ScenarioDraft
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(document: Any, now: datetime) -> ScenarioDraft:
    return store_draft(document=document, by=None, now=now)


def client_of(login: Any, role: Role) -> Any:
    person = make_person(roles=(role,))
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    Group.objects.get(name=role.value).permissions.add(access)
    return login(person)


def test_data_tells_spots_ways_and_addresses(draft: ScenarioDraft, login: Any) -> None:
    data = client_of(login, Role.AUTHOR).get(reverse("scenarios:graph", args=[draft.pk])).json()
    assert (data["start"], len(data["nodes"]), len(data["edges"]), len(data["stages"])) == ("N01", 26, 31, 16)
    assert data["nodes"][3] == {
        "id": "N03",
        "name": "N03 敲开101的门",
        "kind": "node",
        "stage": 3,
        "halts": False,
        "url": reverse("scenarios:node", args=[draft.pk, "N03"]),
        "faults": [],
    }
    assert data["edges"][4:7] == [
        {"source": "N03", "target": "N04", "label": "", "conditional": False},
        {"source": "N04", "target": "N05", "label": "", "conditional": True},
        {"source": "N04", "target": "N06", "label": "", "conditional": False},
    ]


def test_typed_ways_are_drawn_and_not_stored(draft: ScenarioDraft, login: Any) -> None:
    typed = {"node": "N03", "choices": [{"id": "a", "next": [{"to": "N03"}]}], "next": []}
    address = reverse("scenarios:graph", args=[draft.pk])
    client = client_of(login, Role.AUTHOR)
    data = client.post(address, json.dumps(typed), content_type="application/json").json()
    faults = {node["id"]: node["faults"] for node in data["nodes"]}
    assert faults["N03"] == ["从这里走不到任何结局"]
    assert faults["N04"] == ["没有路通到这里"]
    assert data["said"].startswith("图上有 ")
    assert client.get(address).json()["edges"][4]["target"] == "N04"


@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ("[1]", 200), ("[" * 5_000, 400), ("x" * 200_001, 413)]
)
def test_what_is_no_node_is_no_matter(body: str, status: int, draft: ScenarioDraft, login: Any) -> None:
    address = reverse("scenarios:graph", args=[draft.pk])
    answer = client_of(login, Role.AUTHOR).post(address, body, content_type="application/json")
    assert answer.status_code == status


def test_data_is_for_authors_and_their_drafts(draft: ScenarioDraft, login: Any) -> None:
    assert (
        client_of(login, Role.AUTHOR).get(reverse("scenarios:graph", args=[draft.pk + 1])).status_code == 404
    )
    for role in (Role.EXAMINER, Role.ISSUER):
        assert client_of(login, role).get(reverse("scenarios:graph", args=[draft.pk])).status_code in (
            302,
            403,
        )


def test_table_says_the_same_without_a_query(
    draft: ScenarioDraft, document: Any, django_assert_num_queries: Any
) -> None:
    document["nodes"][2]["choices"] = []
    draft.document = json.dumps(document)
    with django_assert_num_queries(0):
        table = render_to_string("simulations/admin/_graph.html", {"draft": draft, "here": "N03"})
    assert "图上有 1 处标红：走不到、走不出去，或者缺了去处。" in table
    assert "还没有选项" in table
    assert (
        f'<a href="{reverse("scenarios:node", args=[draft.pk, "N03"])}" aria-current="true">N03 敲开101的门</a>'
        in table
    )
    assert "随时可能触发" in table


def test_unreadable_draft_has_an_empty_graph(draft: ScenarioDraft) -> None:
    draft.document = "{"
    assert "<tbody>" in render_to_string("simulations/admin/_graph.html", {"draft": draft})
