"""Rows that are written once: refused in Python for a clear message, refused by the database for good.

A correction is a new row and the current state is a fold over rows. The triggers are installed again after every
migrate, because SQLite drops them silently when Django remakes a table to add a constraint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


class AppendOnlyViolation(TypeError):
    """Someone tried to change or delete a row that is part of the record."""


class AppendOnlyQuerySet(models.QuerySet):
    """A QuerySet that reads and inserts only."""

    def _refuse(self) -> NoReturn:
        raise AppendOnlyViolation(f"{self.model._meta.label} is append-only: write a new row instead")

    def update(self, **kwargs: Any) -> int:
        self._refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        self._refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse()


class AppendOnlyModel(models.Model):
    """Base of evidence, audit entries, versions, log entries, certificates. Holds no personal data."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyViolation(f"{self._meta.label} is append-only: write a new row instead")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyViolation(f"{self._meta.label} is append-only: its rows stay")


def append_only_models(app_config: AppConfig | None = None) -> list[type[AppendOnlyModel]]:
    """Concrete append-only models, of one app or of all."""
    found = app_config.get_models() if app_config else apps.get_models()
    return [m for m in found if issubclass(m, AppendOnlyModel) and m._meta.managed and not m._meta.proxy]


def install_triggers_for(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: (re)install the triggers of one app's tables."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    tables = [m._meta.db_table for m in append_only_models(sender)]
    _install(connection, [t for t in tables if t in present])


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Tables of append-only models that stand unprotected in this database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        have = {row[0] for row in cursor.fetchall()}
        tables = set(connection.introspection.table_names(cursor))
    wanted = [m._meta.db_table for m in append_only_models()]
    return sorted(t for t in wanted if t in tables and not set(_trigger_names(t, connection.vendor)) <= have)


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Drop the triggers for the length of a test's teardown, then put them back. Nothing else may use this."""
    connection = connections[using]
    tables = [m._meta.db_table for m in append_only_models()]
    _drop(connection, tables)
    try:
        yield
    finally:
        _install(connection, tables)


def _trigger_names(table: str, vendor: str) -> list[str]:
    kinds = ["update", "delete"] if vendor == "sqlite" else ["row", "truncate"]
    return [f"{table[:44]}_no_{kind}" for kind in kinds]


def _install(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    if not tables:
        return
    _drop(connection, tables)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for table in tables:
            for statement in _create_sql(table, connection.vendor):
                cursor.execute(statement)


def _drop(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            for name in _trigger_names(table, connection.vendor):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def _create_sql(table: str, vendor: str) -> list[str]:
    first, second = _trigger_names(table, vendor)
    if vendor == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, 'append-only table {table}'); END"
        return [
            f'CREATE TRIGGER "{first}" BEFORE UPDATE ON "{table}" {body}',
            f'CREATE TRIGGER "{second}" BEFORE DELETE ON "{table}" {body}',
        ]
    return [
        f'CREATE TRIGGER "{first}" BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()",
        f'CREATE TRIGGER "{second}" BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()",
    ]


_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only table %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
