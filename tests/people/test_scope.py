"""Whom one may see: oneself, granted people, the subtree one oversees, and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from people.grants import end_grants, open_grant
from people.memberships import join
from people.models import Organisation, Person, Role, ScopeGrant
from people.roles import end_role
from people.scope import can_see, get_visible_or_404, people_overseen_by, people_visible_to
from tests.factories import LONG_AGO, LONG_AGO_AT, make_organisation, make_person


@pytest.fixture
def tree(db: Any) -> dict[str, Organisation]:
    """青禾区 > 两个街道 > 各一个社区, plus another district."""
    district = make_organisation("QH")
    north, south = make_organisation("QH-01", district), make_organisation("QH-02", district)
    places = [
        district,
        north,
        south,
        make_organisation("QH-0101", north),
        make_organisation("QH-0201", south),
    ]
    return {place.code: place for place in [*places, make_organisation("BY")]}


def sees(viewer: Person, at: datetime) -> set[Person]:
    return set(people_visible_to(viewer, at=at))


def test_everyone_sees_oneself(db: Any, now: datetime) -> None:
    person, _other = make_person(), make_person()
    assert sees(person, now) == {person}


@pytest.mark.postgres
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ISSUER])
@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("QH", {"QH", "QH-01", "QH-02", "QH-0101", "QH-0201"}),
        ("QH-01", {"QH-01", "QH-0101"}),
        ("QH-0101", {"QH-0101"}),
        ("BY", {"BY"}),
    ],
)
def test_overseer_sees_the_subtree(
    tree: dict[str, Organisation], now: datetime, role: Role, code: str, seen: set[str]
) -> None:
    workers = {place: make_person(organisation=organisation) for place, organisation in tree.items()}
    overseer = make_person(organisation=tree[code], roles=(role,))
    assert sees(overseer, now) == {overseer} | {workers[place] for place in seen}


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EXAMINER])
def test_other_roles_oversee_nobody(tree: dict[str, Organisation], now: datetime, role: Role) -> None:
    make_person(organisation=tree["QH-0101"])
    holder = make_person(organisation=tree["QH"], roles=(role,))
    assert sees(holder, now) == {holder}


def test_overseen_by_asks_for_the_role_named(tree: dict[str, Organisation], now: datetime) -> None:
    issuer = make_person(organisation=tree["QH"], roles=(Role.ISSUER,))
    assert not people_overseen_by(issuer, roles=(Role.ADMINISTRATOR,), at=now).exists()
    assert people_overseen_by(issuer, roles=(Role.ISSUER,), at=now).get() == issuer


def test_sight_follows_a_transfer(tree: dict[str, Organisation], now: datetime) -> None:
    north = make_person(organisation=tree["QH-01"], roles=(Role.ADMINISTRATOR,))
    south = make_person(organisation=tree["QH-02"], roles=(Role.ADMINISTRATOR,))
    worker = make_person(organisation=tree["QH-0101"])
    join(person=worker, organisation=tree["QH-0201"], since_on=now.date(), by=None, now=now)
    assert [can_see(viewer, worker, at=now) for viewer in (north, south)] == [False, True]
    yesterday = now - timedelta(days=1)
    assert [can_see(viewer, worker, at=yesterday) for viewer in (north, south)] == [True, False]


def test_sight_ends_with_the_role(tree: dict[str, Organisation], now: datetime) -> None:
    overseer = make_person(organisation=tree["QH"], roles=(Role.ADMINISTRATOR,))
    worker = make_person(organisation=tree["QH-0101"])
    end_role(assignment=overseer.roles.get(), by=None, now=now)
    assert can_see(overseer, worker, at=now) is False


def test_person_without_a_place_is_seen_by_nobody(tree: dict[str, Organisation], now: datetime) -> None:
    overseer = make_person(organisation=tree["QH"], roles=(Role.ADMINISTRATOR,))
    assert can_see(overseer, Person.objects.create(), at=now) is False


def test_grant_opens_one_way(db: Any, now: datetime) -> None:
    viewer, subject = make_person(), make_person()
    open_grant(viewer=viewer, subject=subject, kind="pairing", reason="QL-1", now=LONG_AGO_AT)
    assert (can_see(viewer, subject, at=now), can_see(subject, viewer, at=now)) == (True, False)


def test_grant_holds_from_its_start_to_before_its_end(db: Any, now: datetime) -> None:
    viewer, subject, tick = make_person(), make_person(), timedelta(microseconds=1)
    open_grant(viewer=viewer, subject=subject, kind="pairing", reason="QL-1", now=LONG_AGO_AT)
    assert end_grants(kind="pairing", reason="QL-1", now=now) == 1
    moments = [LONG_AGO_AT - tick, LONG_AGO_AT, now - tick, now]
    assert [can_see(viewer, subject, at=at) for at in moments] == [False, True, True, False]


@pytest.mark.postgres
def test_grant_opened_twice_is_once(db: Any, now: datetime) -> None:
    people = {"viewer": make_person(), "subject": make_person()}
    first = open_grant(**people, kind="pairing", reason="QL-1", now=LONG_AGO_AT)
    assert open_grant(**people, kind="pairing", reason="QL-1", now=now) == first
    assert ScopeGrant.objects.count() == 1


def test_ended_grant_is_not_opened_again_by_its_own_row(db: Any, now: datetime) -> None:
    people = {"viewer": make_person(), "subject": make_person()}
    first = open_grant(**people, kind="pairing", reason="QL-1", now=LONG_AGO_AT)
    end_grants(kind="pairing", reason="QL-1", now=now)
    assert open_grant(**people, kind="pairing", reason="QL-1", now=now) != first


def test_end_of_one_reason_leaves_another(db: Any, now: datetime) -> None:
    people = {"viewer": make_person(), "subject": make_person()}
    for reason in ("QL-1", "QL-2"):
        open_grant(**people, kind="pairing", reason=reason, now=LONG_AGO_AT)
    end_grants(kind="pairing", reason="QL-1", now=now)
    assert can_see(people["viewer"], people["subject"], at=now)


@pytest.mark.postgres
def test_grant_to_oneself_is_refused_by_the_database(db: Any, now: datetime) -> None:
    person = make_person()
    with pytest.raises(IntegrityError, match="viewer_not_subject"), transaction.atomic():
        open_grant(viewer=person, subject=person, kind="pairing", reason="QL-1", now=now)


def test_stranger_and_nobody_answer_alike(db: Any, now: datetime) -> None:
    viewer, stranger = make_person(), make_person()
    for person_id in (stranger.pk, "8c8f1a2e-0000-4000-8000-000000000000"):
        with pytest.raises(Http404):
            get_visible_or_404(viewer, person_id, at=now)


def test_visible_person_comes_with_the_account_in_one_query(
    db: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    viewer = make_person("沈静文")
    with django_assert_num_queries(1):
        assert get_visible_or_404(viewer, viewer.pk, at=now).account.name == "沈静文"


@pytest.mark.parametrize("count", [1, 3])
def test_scope_is_one_query_for_any_number(
    tree: dict[str, Organisation], now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    overseer = make_person(organisation=tree["QH"], roles=(Role.ADMINISTRATOR,))
    for _n in range(count):
        make_person(organisation=tree["QH-0101"])
    with django_assert_num_queries(1):
        assert len(people_visible_to(overseer, at=now)) == count + 1


def test_overseer_of_two_subtrees_sees_each_person_once(tree: dict[str, Organisation], now: datetime) -> None:
    overseer = make_person(organisation=tree["QH"], roles=(Role.ADMINISTRATOR, Role.ISSUER))
    make_person(organisation=tree["QH-0101"])
    assert now.date() > LONG_AGO
    assert people_visible_to(overseer, at=now).count() == 2
