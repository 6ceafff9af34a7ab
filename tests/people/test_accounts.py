"""Accounts and names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.accounts import correct_name, create_account, current_person, mask_name, names_of
from people.models import Account, Person, Role
from tests.factories import AccountFactory, PersonFactory, make_person


def test_create_account_brings_its_person(db: Any, now: datetime) -> None:
    administrator = PersonFactory()
    account = create_account(
        staff_number="2026-0417", name="林小满", password="小满的口令2026", by=administrator, now=now
    )
    assert account.check_password("小满的口令2026")
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.actor, entry.target) == (
        "account.created",
        str(administrator.pk),
        f"people.person:{account.person_id}",
    )


def test_audit_of_a_new_account_names_nobody(db: Any, now: datetime) -> None:
    create_account(staff_number="2026-0417", name="林小满", password=None, by=None, now=now)
    row = str(AuditEntry.objects.values().get())
    assert "林小满" not in row
    assert "2026-0417" not in row


def test_create_account_twice_changes_nothing(db: Any, now: datetime) -> None:
    first = create_account(staff_number="2026-0417", name="林小满", password="甲", by=None, now=now)
    again = create_account(staff_number="2026-0417", name="别人", password="乙", by=None, now=now)
    assert (again.pk, again.name, again.check_password("甲")) == (first.pk, "林小满", True)
    assert AuditEntry.objects.count() == 1


def test_account_without_a_password_cannot_log_in(db: Any, now: datetime) -> None:
    account = create_account(staff_number="2026-0417", name="林小满", password=None, by=None, now=now)
    assert account.has_usable_password() is False


def test_only_a_superuser_is_staff_for_django(db: Any) -> None:
    assert AccountFactory().is_staff is False
    assert Account.objects.create_superuser("root", "x", name="管理").is_staff is True


@pytest.mark.parametrize(("field", "value"), [("theme", "sepia"), ("text_size", "huge")])
def test_unknown_preference_is_refused_by_the_database(db: Any, field: str, value: str) -> None:
    account = AccountFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(**{field: value})


def test_current_person_is_the_one_behind_the_request(db: Any, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AccountFactory()
    assert current_person(request) == request.user.person


def test_account_without_a_person_may_do_nothing(db: Any, rf: RequestFactory) -> None:
    """Erased or frozen: the link is cut."""
    request = rf.get("/")
    for user in (AnonymousUser(), AccountFactory(person=None)):
        request.user = user
        with pytest.raises(PermissionDenied):
            current_person(request)


def test_deleting_a_person_keeps_no_account_hanging(db: Any) -> None:
    account = AccountFactory()
    Person.objects.filter(pk=account.person_id).delete()
    account.refresh_from_db()
    assert account.person_id is None


def test_names_of_is_one_query_and_leaves_the_erased_out(db: Any, django_assert_num_queries: Any) -> None:
    known, erased = AccountFactory(name="程𬭎"), PersonFactory()
    with django_assert_num_queries(1):
        assert names_of({known.person_id, erased.pk}) == {known.person_id: "程𬭎"}


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张", "张*"),
        ("欧阳𬭎", "欧**"),
        ("阿依古丽·买买提", "阿**"),
        ("𬭎", "𬭎*"),
        ("", ""),
    ],
)
def test_mask_name_shows_the_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(min_size=2))
def test_mask_name_never_tells_more_than_one_character(name: str) -> None:
    masked = mask_name(name)
    assert masked[0] == name[0]
    assert set(masked[1:]) == {"*"}
    assert len(masked) <= 3


@pytest.mark.django_db
def test_name_is_corrected_by_the_administrator_of_the_person_only(now: datetime) -> None:
    clerk, worker = make_person(roles=(Role.ADMINISTRATOR,)), make_person("林小蛮")
    correct_name(account=worker.account, name=" 阿依古丽·买买提 ", by=clerk, now=now)
    assert Account.objects.get(person=worker).name == "阿依古丽·买买提"
    with pytest.raises(NotAllowed):
        correct_name(account=worker.account, name="林小满", by=worker, now=now)
    assert AuditEntry.objects.filter(action="account.name_corrected").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "  ", "<b>林</b>", "林😀", "林\u202e小满", "林\x00小"])
def test_name_with_signs_is_refused(name: str, now: datetime) -> None:
    clerk, worker = make_person(roles=(Role.ADMINISTRATOR,)), make_person("林小蛮")
    with pytest.raises(Refusal):
        correct_name(account=worker.account, name=name, by=clerk, now=now)
    assert Account.objects.get(person=worker).name == "林小蛮"
