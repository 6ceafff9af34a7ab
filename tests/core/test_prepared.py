"""A prepared read answers what the query it was built from answers, whatever the values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, UUIDField, Value
from django.test.utils import CaptureQueriesContext

from core.prepared import prepared
from people.models import Account, Membership, Person, Role, RoleAssignment
from tests.factories import make_organisation, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def make_account(name: str | None = None) -> Account:
    return make_person(name).account


def accounts(people: Sequence[UUID]) -> QuerySet[Account]:
    return Account.objects.select_related("person").filter(person__in=people).order_by("staff_number")


def named(name: str) -> QuerySet[Account, str]:
    return Account.objects.filter(name=name).values_list("staff_number", flat=True)


def working(organisation: int, on: date) -> QuerySet[Any, Any]:
    others = Membership.objects.filter(organisation=OuterRef("organisation")).exclude(
        person=OuterRef("person")
    )
    held = Membership.objects.active(on=on).filter(organisation=organisation)
    return held.annotate(accompanied=Exists(others), roles=Count("person__roles")).order_by("since_on", "pk")


def roles_or_posts(person: UUID, on: date) -> QuerySet[Any, Any]:
    held = RoleAssignment.objects.active(on=on).filter(person=person).values_list("person_id", "role")
    nobody = Value(None, output_field=UUIDField())
    return held.union(Membership.objects.filter(person=person).values_list(nobody, "post"))


def in_percent(since: datetime, names: Sequence[str]) -> QuerySet[Any, Any]:
    odd = Q(name__contains="100%") | Q(name__in=names)
    return (
        Account.objects.filter(odd)
        .exclude(last_login__gt=since)
        .values("name", number=F("staff_number"))
        .order_by("pk")
    )


def test_rows_are_objects_with_what_was_joined() -> None:
    one, two, _other = make_person(), make_person(), make_person()
    ask = prepared(accounts)
    with CaptureQueriesContext(connection) as captured:
        found = ask([two.pk, one.pk])
        assert [(row, row.person) for row in found] == [(one.account, one), (two.account, two)]
    assert len(captured) == 1


def test_the_second_answer_is_to_the_second_question() -> None:
    one, two = make_person(), make_person()
    ask = prepared(accounts)
    assert ask([one.pk]) == [one.account]
    assert ask(people=[two.pk, one.pk]) == [one.account, two.account]
    assert ask([uuid4()]) == []
    assert ask([]) == []


def test_the_query_is_built_once() -> None:
    built = []

    def build(name: str) -> QuerySet[Account, str]:
        built.append(name)
        return named(name)

    ask = prepared(build)
    account = make_account("沈静文")
    assert (ask("沈静文"), ask("x' OR '1'='1"), ask("%s")) == ([account.staff_number], [], [])
    assert len(built) == 1


ON = date(2026, 3, 1)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
CASES: list[tuple[Callable[..., QuerySet[Any, Any]], Callable[[Person], dict[str, Any]]]] = [
    (accounts, lambda person: {"people": [person.pk]}),
    (named, lambda person: {"name": "100% 沈"}),
    (working, lambda person: {"organisation": make_organisation().pk, "on": ON}),
    (working, lambda person: {"organisation": make_organisation().pk, "on": ON - timedelta(days=900)}),
    (roles_or_posts, lambda person: {"person": person.pk, "on": ON}),
    (in_percent, lambda person: {"since": SINCE, "names": ["100% 沈", "测试员"]}),
    (in_percent, lambda person: {"since": SINCE, "names": []}),
]


@pytest.mark.parametrize(("build", "values_for"), CASES)
def test_a_prepared_read_answers_what_its_query_answers(
    build: Callable[..., QuerySet[Any, Any]], values_for: Callable[[Person], dict[str, Any]]
) -> None:
    person = make_person("100% 沈", roles=(Role.AUTHOR, Role.EXAMINER))
    make_person("测试员")
    values = values_for(person)
    ask = prepared(build)
    for _again in range(2):
        rows, expected = ask(**values), list(build(**values))
        assert [facts(row) for row in rows] == [facts(row) for row in expected]


def facts(row: Any) -> Any:
    """A row by its values: objects are equal when their keys are."""
    return {k: v for k, v in vars(row).items() if k != "_state"} if hasattr(row, "_state") else row


def test_what_would_be_prefetched_is_refused() -> None:
    def build(person: UUID) -> QuerySet[Person]:
        return Person.objects.filter(pk=person).prefetch_related("memberships")

    with pytest.raises(TypeError, match="one query"):
        prepared(build)(make_person().pk)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection() -> None:
    account = make_account("沈静文")
    ask = prepared(named)
    ask("沈静文")
    found: list[list[str]] = []

    def elsewhere() -> None:
        found.append(ask("沈静文"))
        connection.close()

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [[account.staff_number]]
