"""Roles, their groups, and their end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from core.errors import NotAllowed
from core.models import AuditEntry
from people.grants import end_grants, open_grant
from people.models import Person, Role, RoleAssignment
from people.roles import Duties, check_role, duties_of, end_role, grant_role, has_role, roles_of
from tests.factories import LONG_AGO, make_organisation, make_person

TODAY = date(2026, 11, 22)


@pytest.fixture
def holder(db: Any) -> Person:
    return make_person()


def grant(
    person: Person, role: Role, now: datetime, *, code: str = "QH", since_on: date = LONG_AGO
) -> RoleAssignment:
    organisation = make_organisation(code)
    return grant_role(
        person=person, role=role, organisation=organisation, since_on=since_on, by=None, now=now
    )


def groups_of(person: Person) -> set[str]:
    return set(person.account.groups.values_list("name", flat=True))


def test_role_joins_the_group_of_its_name(holder: Person, now: datetime) -> None:
    grant(holder, Role.EXAMINER, now)
    assert groups_of(holder) == {"examiner"}
    assert roles_of(holder, on=TODAY) == {"examiner"}


def test_role_granted_twice_is_once(holder: Person, now: datetime) -> None:
    assert grant(holder, Role.EXAMINER, now) == grant(holder, Role.EXAMINER, now)
    assert AuditEntry.objects.filter(action="role.granted").count() == 1


def test_role_holds_from_its_first_day(holder: Person, now: datetime) -> None:
    grant(holder, Role.ISSUER, now, since_on=TODAY)
    yesterday = TODAY - timedelta(days=1)
    held = [has_role(holder, Role.ISSUER, Role.AUTHOR, on=day) for day in (yesterday, TODAY)]
    assert held == [False, True]


def test_check_role_tells_what_to_do(holder: Person, now: datetime) -> None:
    with pytest.raises(NotAllowed) as refused:
        check_role(holder, Role.ISSUER, on=TODAY)
    assert str(refused.value) == "你的账号没有办理这件事所需的角色，请联系管理员。"
    grant(holder, Role.ISSUER, now)
    check_role(holder, Role.ISSUER, on=TODAY)


def test_ended_role_is_gone_the_same_day(holder: Person, now: datetime) -> None:
    assignment = grant(holder, Role.ADMINISTRATOR, now)
    ended = end_role(assignment=assignment, by=None, now=now)
    assert ended.until_on == date(2026, 11, 21)
    assert has_role(holder, Role.ADMINISTRATOR, on=TODAY) is False
    assert groups_of(holder) == set()
    assert AuditEntry.objects.filter(action="role.ended").count() == 1


def test_role_ended_on_its_first_day_is_gone_the_same_day(holder: Person, now: datetime) -> None:
    assignment = grant(holder, Role.ADMINISTRATOR, now, since_on=TODAY)
    end_role(assignment=assignment, by=None, now=now)
    assert roles_of(holder, on=TODAY) == frozenset()
    actions = AuditEntry.objects.filter(action__startswith="role.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["role.granted", "role.ended"]


def test_day_of_the_end_is_the_local_one(holder: Person) -> None:
    """00:30 in Shanghai is the day before in UTC."""
    night = datetime(2026, 11, 22, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(ZoneInfo("UTC"))
    assignment = grant(holder, Role.ADMINISTRATOR, night)
    assert end_role(assignment=assignment, by=None, now=night).until_on == date(2026, 11, 21)


def test_role_ended_twice_is_once(holder: Person, now: datetime) -> None:
    assignment = grant(holder, Role.ADMINISTRATOR, now)
    for later in (now, now + timedelta(days=3)):
        end_role(assignment=assignment, by=None, now=later)
    assignment.refresh_from_db()
    assert assignment.until_on == date(2026, 11, 21)
    assert AuditEntry.objects.filter(action="role.ended").count() == 1


def test_group_stays_while_the_role_is_held_elsewhere(holder: Person, now: datetime) -> None:
    make_organisation("QH-01", make_organisation("QH"))
    here = grant(holder, Role.ADMINISTRATOR, now)
    there = grant(holder, Role.ADMINISTRATOR, now, code="QH-01")
    end_role(assignment=here, by=None, now=now)
    assert groups_of(holder) == {"administrator"}
    end_role(assignment=there, by=None, now=now)
    assert groups_of(holder) == set()


def test_ending_one_role_leaves_the_others(holder: Person, now: datetime) -> None:
    grant(holder, Role.AUTHOR, now)
    end_role(assignment=grant(holder, Role.EXAMINER, now), by=None, now=now)
    assert (groups_of(holder), roles_of(holder, on=TODAY)) == ({"author"}, {"author"})


def test_groups_are_only_of_known_roles(db: Any, holder: Person, now: datetime) -> None:
    for role in Role:
        grant(holder, role, now)
    assert set(Group.objects.filter(user=holder.account).values_list("name", flat=True)) == set(Role.values)


@pytest.mark.postgres
def test_unknown_role_is_refused_by_the_database(holder: Person) -> None:
    with pytest.raises(IntegrityError, match="role_known"), transaction.atomic():
        RoleAssignment.objects.create(
            person=holder, role="king", organisation=make_organisation(), since_on=TODAY
        )


@pytest.mark.postgres
def test_duties_are_roles_and_the_people_accompanied(
    holder: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    make_organisation("QH-01", make_organisation("QH"))
    with django_assert_num_queries(1):
        assert duties_of(holder, at=now) == Duties()
    grant(holder, Role.AUTHOR, now)
    grant(holder, Role.AUTHOR, now, code="QH-01")
    end_role(assignment=grant(holder, Role.EXAMINER, now), by=None, now=now)
    mentees = [make_person() for _one in range(3)]
    for number, mentee in enumerate(mentees):
        open_grant(viewer=holder, subject=mentee, kind="pairing", reason=f"Q-{number}", now=now)
    end_grants(kind="pairing", reason="Q-2", now=now)
    with django_assert_num_queries(1):
        duties = duties_of(holder, at=now)
    assert duties == Duties(frozenset({"author"}), frozenset({mentees[0].pk, mentees[1].pk}))
