"""Rows written once: refused in Python for the message, by the database for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import Error, connection, models, transaction

from competencies.models import Evidence
from core.appendonly import (
    AppendOnlyViolation,
    append_only_models,
    install_triggers_for,
    lifted,
    missing_triggers,
)
from core.checks import check_append_only_triggers
from core.models import AuditEntry
from tests.factories import PersonFactory, SubjectFactory

ENTRY = "core_auditentry"


@pytest.fixture
def entry(db: Any, now: datetime) -> AuditEntry:
    return AuditEntry.objects.create(at=now, actor="system", action="test.done", target="x:1")


def run(sql: str, *parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.update(actor="someone"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["actor"]),
        lambda entry: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"actor": "someone"}),
    ],
)
def test_python_refuses_a_change(entry: AuditEntry, change: Callable[[AuditEntry], Any]) -> None:
    with pytest.raises(AppendOnlyViolation, match=r"core\.AuditEntry"):
        change(entry)
    assert AuditEntry.objects.get(pk=entry.pk).actor == "system"


@pytest.mark.postgres
@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {ENTRY} SET actor = 'someone'",
        f"UPDATE {ENTRY} SET actor = 'someone' WHERE id = (SELECT max(id) FROM {ENTRY})",
        f"DELETE FROM {ENTRY}",
        f"INSERT INTO {ENTRY} (id, at, actor, action, target, detail) "
        f"SELECT id, at, 'someone', action, target, detail FROM {ENTRY} WHERE true "
        "ON CONFLICT (id) DO UPDATE SET actor = excluded.actor",
    ],
)
def test_database_refuses_a_change(entry: AuditEntry, sql: str) -> None:
    """faults.md row 26: raw SQL, by whoever holds the connection."""
    with pytest.raises(Error, match="append-only table core_auditentry"):
        run(sql)
    assert AuditEntry.objects.get(pk=entry.pk).actor == "system"


@pytest.mark.postgres
def test_database_refuses_an_upsert_through_the_orm(entry: AuditEntry) -> None:
    entry.actor = "someone"
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        AuditEntry.objects.bulk_create(
            [entry], update_conflicts=True, unique_fields=["id"], update_fields=["actor"]
        )
    assert AuditEntry.objects.get(pk=entry.pk).actor == "system"


def test_sqlite_refuses_insert_or_replace(entry: AuditEntry) -> None:
    """REPLACE deletes the old row without a delete trigger unless recursive_triggers is on."""
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    with pytest.raises(Error, match="append-only"):
        run(
            f"INSERT OR REPLACE INTO {ENTRY} (id, at, actor, action, target, detail) "
            f"SELECT id, at, 'someone', action, target, detail FROM {ENTRY}"
        )
    assert AuditEntry.objects.get(pk=entry.pk).actor == "system"


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_only")
@pytest.mark.parametrize(
    "sql",
    [f"TRUNCATE {ENTRY} CASCADE", "TRUNCATE people_person CASCADE", f"TRUNCATE {ENTRY}, core_auditseal"],
)
def test_postgres_refuses_truncate(entry: AuditEntry, sql: str) -> None:
    with pytest.raises(Error, match="append-only table"):
        run(sql)
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


@pytest.mark.postgres
@pytest.mark.parametrize("model", append_only_models(), ids=lambda model: model._meta.label)
def test_every_append_only_table_has_its_triggers(db: Any, model: type[models.Model]) -> None:
    assert model._meta.db_table not in missing_triggers(connection)


def test_every_trace_and_version_is_append_only() -> None:
    """Evidence, audit, versions, decisions, certificates (domain.md, invariant 3): found by name, so none slips by."""
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in _rooms()]
    frozen = (
        "Version",
        "Evidence",
        "AuditEntry",
        "AuditSeal",
        "Endorsement",
        "Decision",
        "Certificate",
        "LogLeaf",
    )
    named = {model for model in ours if model.__name__.endswith(frozen)}
    assert named - set(append_only_models()) == set()


def _rooms() -> set[str]:
    return {config.name for config in apps.get_app_configs()}


@pytest.mark.postgres
def test_append_only_rows_are_protected_from_their_parents(db: Any, now: datetime) -> None:
    """Deleting a person must not reach the ledger."""
    person = PersonFactory()
    Evidence.objects.create(
        person=person,
        subject=SubjectFactory(),
        kind="course",
        version_hash="",
        occurred_at=now,
        recorded_at=now,
        source_key="x",
    )
    with pytest.raises(models.ProtectedError):
        person.delete()


@pytest.mark.postgres
def test_missing_trigger_is_found_and_put_back(db: Any) -> None:
    with lifted():
        assert ENTRY in missing_triggers(connection)
        (message, *_rest) = check_append_only_triggers(None, databases=["default"])
        assert (message.id, message.level) == ("core.E003", 40)
    assert missing_triggers(connection) == []
    assert check_append_only_triggers(None, databases=["default"]) == []


def test_check_asks_no_database_that_is_not_named(db: Any) -> None:
    with lifted():
        assert check_append_only_triggers(None, databases=None) == []


@pytest.mark.django_db(transaction=True)
def test_table_remake_loses_the_triggers_and_migrate_puts_them_back() -> None:
    """Adding a constraint makes Django rebuild a SQLite table: the triggers vanish without a word."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL alters tables in place")
    constraint = models.CheckConstraint(condition=~models.Q(action="never"), name="test_never")
    with connection.schema_editor() as editor:
        editor.add_constraint(AuditEntry, constraint)
    assert missing_triggers(connection) == [ENTRY]
    call_command("migrate", verbosity=0)
    assert missing_triggers(connection) == []
    with connection.schema_editor() as editor:
        editor.remove_constraint(AuditEntry, constraint)
    install_triggers_for(apps.get_app_config("core"))
    assert missing_triggers(connection) == []
