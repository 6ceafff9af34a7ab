"""A release freezes a draft, once per content, and makes the scenario a subject of evidence."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from competencies.models import Subject
from core.appendonly import AppendOnlyViolation
from core.errors import NotAllowed
from core.models import AuditEntry
from people.models import Role
from simulations.drafts import store_draft
from simulations.models import ScenarioDraft, ScenarioVersion
from simulations.releasing import release_scenario
from simulations.scenarios import InvalidDocument
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_release_registers_the_subject(version: ScenarioVersion) -> None:
    assert (version.key, version.number, version.schema, version.minutes) == ("S1", 1, 1, 54)
    assert (version.view_ref, version.hours) == ("A@1", Decimal("1.0"))
    assert list(Subject.objects.values_list("kind", "key", "title", "hours", "url")) == [
        ("scenario", "S1", "老楼新梯", Decimal("1.0"), "/simulations/S1/")
    ]


def test_content_hash_is_that_of_the_canonical_document(version: ScenarioVersion) -> None:
    canonical = json.dumps(json.loads(version.document), sort_keys=True, separators=(",", ":"))
    assert version.content_hash == hashlib.sha256(canonical.encode()).hexdigest()


def test_release_again_is_the_same_version(version: ScenarioVersion, now: datetime) -> None:
    draft = ScenarioDraft.objects.get()
    again = release_scenario(draft=draft, by=None, now=now + timedelta(days=1))
    assert (again.pk, ScenarioVersion.objects.count()) == (version.pk, 1)
    assert AuditEntry.objects.filter(action="scenario.released").count() == 1


def test_changed_draft_becomes_the_next_version(
    version: ScenarioVersion, document: Any, now: datetime
) -> None:
    release_scenario(
        draft=store_draft(document=document | {"title": "新题"}, by=None, now=now), by=None, now=now
    )
    back = release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)
    numbers = list(ScenarioVersion.objects.order_by("number").values_list("number", "title"))
    assert numbers == [(1, "老楼新梯"), (2, "新题"), (3, "老楼新梯")]
    assert back.content_hash == version.content_hash
    assert Subject.objects.get().title == "老楼新梯"


@pytest.mark.parametrize(("role", "may"), [(Role.AUTHOR, True), (Role.EXAMINER, False), (Role.ISSUER, False)])
def test_release_takes_the_role(role: Role, may: bool, document: Any, now: datetime) -> None:
    by = make_person(roles=(role,))
    draft = store_draft(document=document, by=by, now=now)
    if may:
        assert release_scenario(draft=draft, by=by, now=now).released_by_id == by.pk
    else:
        with pytest.raises(NotAllowed):
            release_scenario(draft=draft, by=by, now=now)
        assert ScenarioVersion.objects.count() == 0


def test_failed_release_changes_nothing(document: Any, now: datetime) -> None:
    draft = store_draft(document=document, by=None, now=now)
    ScenarioDraft.objects.filter(pk=draft.pk).update(document="{}")
    with pytest.raises(InvalidDocument):
        release_scenario(draft=draft, by=None, now=now)
    assert (ScenarioVersion.objects.count(), Subject.objects.count()) == (0, 0)


@pytest.mark.postgres
def test_version_never_changes(version: ScenarioVersion) -> None:
    with pytest.raises(AppendOnlyViolation):
        ScenarioVersion.objects.update(title="x")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE simulations_scenarioversion SET document = '{}'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM simulations_scenarioversion")


def test_number_is_used_once(version: ScenarioVersion, now: datetime) -> None:
    twin = ScenarioVersion(
        key=version.key, number=1, title="x", minutes=1, hours=1, view_ref="A@1", released_at=now
    )
    with pytest.raises(IntegrityError):
        twin.save()
