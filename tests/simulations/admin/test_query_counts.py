"""The pages of the workbench ask the database as often for three rows as for one."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from simulations.drafts import store_draft
from simulations.models import ScenarioDraft
from simulations.releasing import release_scenario
from tests.assessments.making import open_admin
from tests.simulations.proofs import vouch
from tests.simulations.regrades import SMALL, make_author

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("count", [1, 3])]


@pytest.fixture
def author(login: Any) -> Any:
    open_admin()
    return login(make_author())


def draft_of(document: Any, now: datetime) -> ScenarioDraft:
    return store_draft(document=document, by=None, now=now)


def test_list_of_drafts(count: int, author: Any, now: datetime, django_assert_num_queries: Any) -> None:
    for number in range(count):
        draft_of(SMALL | {"id": f"SMALL{number}"}, now)
    url = reverse("scenarios:index")
    author.get(url)
    with django_assert_num_queries(14):
        page = author.get(url).content.decode()
    assert page.count("小推演") >= count


def test_overview_with_its_releases(
    count: int, author: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        document = SMALL | {"title": f"第{number}次"}
        vouch(document, now)
        draft = draft_of(document, now)
        release_scenario(draft=draft, by=None, now=now + timedelta(minutes=number))
    url = reverse("scenarios:inspect", args=[draft.pk])
    author.get(url)
    with django_assert_num_queries(12):
        page = author.get(url).content.decode()
    assert page.count(":0") >= count


def test_form_of_a_situation_with_its_choices(
    count: int, author: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    document = deepcopy(SMALL)
    node = document["nodes"][1]
    node["choices"] = [deepcopy(node["choices"][0]) | {"id": key} for key in "abc"[:count]]
    draft = draft_of(document, now)
    url = reverse("scenarios:node", args=[draft.pk, "N2"])
    author.get(url)
    with django_assert_num_queries(13):
        page = author.get(url).content.decode()
    assert page.count('<div class="ql-choice"') == count


def test_check_with_those_of_other_contents(
    count: int, author: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        document = SMALL | {"title": f"第{number}次"}
        vouch(document, now + timedelta(minutes=number))
        draft = draft_of(document, now)
    url = reverse("scenarios:check", args=[draft.pk])
    author.get(url)
    with django_assert_num_queries(13):
        assert author.get(url).status_code == 200
