"""Reads whose SQL is written once: building a query costs Django ten times what running it costs the database."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar, cast, get_args, get_type_hints
from uuid import UUID

from django.db import connections, models
from django.db.models import Expression, QuerySet

P = ParamSpec("P")
Row = TypeVar("Row")
Statement = tuple[str, tuple[Any, ...]]

FIELDS: dict[Any, type[models.Field[Any, Any]]] = {
    UUID: models.UUIDField,
    datetime: models.DateTimeField,
    date: models.DateField,
    int: models.BigIntegerField,
    str: models.TextField,
}


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """Turn a function that builds a query into one that asks it: the same arguments, the rows as a list. One query.

    `build` is called once in each process, with places instead of values: it may hand them to filters, and no value may
    decide what is asked. An argument is annotated as UUID, datetime, date, int or str, or as a `Sequence` of one of
    them for an `__in`; an empty one finds nothing. Raises TypeError when something would have to be prefetched.
    """
    names = tuple(signature(build).parameters)
    plans: list[_Plan] = []

    @wraps(build)
    def ask(*args: P.args, **kwargs: P.kwargs) -> list[Row]:
        if not plans:
            kinds, make = get_type_hints(build), cast(Callable[..., Any], build)
            plans.append(_Plan.of(make(**{name: _place_for(name, kinds[name]) for name in names})))
        return plans[0].ask(dict(zip(names, args, strict=False)) | kwargs)

    return ask


def first(rows: Sequence[Row]) -> Row | None:
    """The first of the rows, if there is one."""
    return rows[0] if rows else None


class _Place(Expression):
    """Where a value goes, or any number of them."""

    def __init__(self, name: str, field: models.Field[Any, Any], *, takes_many: bool) -> None:
        super().__init__(output_field=field)
        self.name, self.takes_many = name, takes_many

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "(%s)" if self.takes_many else "%s", [self]

    def values(self, given: Mapping[str, Any], connection: Any) -> list[Any]:
        """What the database is told."""
        values = given[self.name] if self.takes_many else [given[self.name]]
        return [self.output_field.get_db_prep_value(value, connection) for value in values]


def _place_for(name: str, kind: Any) -> _Place:
    of_many = get_args(kind)
    return _Place(name, FIELDS[of_many[0] if of_many else kind](), takes_many=bool(of_many))


@dataclass(frozen=True)
class _Plan:
    """A query, what compiled it, its SQL as a template of parameter marks, and a place or a constant for each."""

    queryset: Any
    compiler: Any
    sql: str
    params: Sequence[Any]

    @classmethod
    def of(cls, queryset: Any) -> _Plan:
        if queryset._prefetch_related_lookups:
            raise TypeError("a prepared query is one query: nothing can be prefetched")
        compiler = queryset.query.get_compiler(queryset.db)
        sql, params = compiler.as_sql()
        return cls(queryset, compiler, sql.replace("%%", "%%%%"), params)

    def ask(self, given: Mapping[str, Any]) -> list[Any]:
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[compiler.using]  # a thread has its own
        statement = self._filled(given, compiler.connection)
        compiler.as_sql = lambda *args, **kwargs: statement
        return list(self.queryset._iterable_class(_Asked(self.queryset, compiler)))

    def _filled(self, given: Mapping[str, Any], connection: Any) -> Statement:
        params: list[Any] = []
        marks = []
        for param in self.params:
            values = param.values(given, connection) if isinstance(param, _Place) else [param]
            params += values
            marks.append(", ".join(["%s"] * len(values)) or "NULL")
        return self.sql % tuple(marks), tuple(params)


class _Asked:
    """As much of a queryset and its query as Django reads while it turns rows into objects."""

    _known_related_objects: Mapping[Any, Any] = {}

    def __init__(self, queryset: Any, compiler: Any) -> None:
        self.model, self.db, self._fields = queryset.model, queryset.db, queryset._fields
        self.query, self._compiler = self, compiler

    def get_compiler(self, using: str) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiler.query, name)
