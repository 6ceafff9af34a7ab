"""The forms of a scenario: one per part, whatever is typed is kept."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from people.models import Role
from simulations.drafts import store_draft
from simulations.engine.editing import LISTS, TOP, Part, ids_of
from simulations.models import DraftEdition, ScenarioDraft
from tests.simulations.making_forms import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(document: Any, now: datetime) -> ScenarioDraft:
    return store_draft(document=document, by=None, now=now)


@pytest.fixture
def author(staff: Any, draft: ScenarioDraft) -> Any:
    return staff(Role.AUTHOR)


def address(draft: ScenarioDraft, part: Part) -> str:
    if part.kind in TOP:
        return reverse("scenarios:part", args=[draft.pk, part.kind])
    return reverse(f"scenarios:{part.kind}", args=[draft.pk, part.key])


def said(draft: ScenarioDraft) -> Any:
    draft.refresh_from_db()
    return json.loads(draft.document)


def test_saving_every_form_as_it_came_changes_nothing(author: Any, draft: ScenarioDraft) -> None:
    before = draft.document
    document = json.loads(before)
    parts = [Part(kind) for kind in TOP] + [
        Part(kind, key) for kind in LISTS for key in ids_of(document, kind)
    ]
    for part in parts:
        page = author.get(address(draft, part))
        assert page.status_code == 200, part
        response = author.post(address(draft, part), fields_of(page))
        assert response.status_code == 302, part
    draft.refresh_from_db()
    assert (draft.document == before, draft.edition) == (True, 1)
    assert DraftEdition.objects.count() == 1
