"""ID numbers: checked, encrypted, masked, and never told. Every number here is of the region 000000, which is not."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refusal
from core.models import AuditEntry
from people import identity
from people.identity import check_id_number, mask_id_number, read_id_number, store_id_number
from people.models import IdentityNumber
from tests.factories import LONG_AGO_AT, AccountFactory

NUMBER = "000000199308260038"
WITH_X = "00000019900101019X"


@pytest.fixture(autouse=True)
def _fresh_cipher() -> Iterator[None]:
    identity._cipher.cache_clear()
    yield
    identity._cipher.cache_clear()


@pytest.mark.parametrize("number", [NUMBER, WITH_X, "000000200205140012", "000000199911030026"])
def test_number_with_a_fitting_last_place_is_taken(number: str) -> None:
    assert check_id_number(number) == number


def test_number_is_stored_in_one_form() -> None:
    assert check_id_number(f" {WITH_X.lower()} ") == WITH_X


@given(place=st.integers(0, 16), other=st.sampled_from("0123456789"))
def test_any_single_wrong_digit_is_noticed(place: int, other: str) -> None:
    """MOD 11-2 detects every substitution of one place."""
    wrong = NUMBER[:place] + other + NUMBER[place + 1 :]
    if wrong == NUMBER:
        assert check_id_number(wrong) == NUMBER
    else:
        with pytest.raises(Refusal):
            check_id_number(wrong)


@given(place=st.integers(0, 15))
def test_two_neighbours_swapped_are_noticed(place: int) -> None:
    swapped = NUMBER[:place] + NUMBER[place + 1] + NUMBER[place] + NUMBER[place + 2 :]
    if swapped != NUMBER:
        with pytest.raises(Refusal):
            check_id_number(swapped)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "1",
        NUMBER[:17],
        NUMBER + "0",
        "0000001993082600３7",
        "X" * 18,
        "00000019930826003-",
        "٠" * 17 + "1",
    ],
)
def test_number_of_another_shape_is_refused(number: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_id_number(number)
    assert refused.value.code == "id_format"


@given(st.text(max_size=24))
def test_any_text_is_taken_or_refused(text: str) -> None:
    with contextlib.suppress(Refusal):
        assert len(check_id_number(text)) == 18


def test_mask_shows_five_places() -> None:
    assert mask_id_number(NUMBER) == "000*************38"
    assert len(mask_id_number(NUMBER)) == 18


def test_number_is_encrypted_at_rest(db: Any) -> None:
    stored = store_id_number(account=AccountFactory(), number=NUMBER, by=None, now=LONG_AGO_AT)
    stored.refresh_from_db()
    assert read_id_number(stored) == NUMBER
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_identitynumber")
        row = b"".join(_as_bytes(value) for value in cursor.fetchone())
    assert NUMBER.encode() not in row
    assert NUMBER[3:16].encode() not in row


def _as_bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()


def test_same_number_twice_is_stored_once(db: Any) -> None:
    account = AccountFactory()
    first = store_id_number(account=account, number=NUMBER, by=None, now=LONG_AGO_AT)
    second = store_id_number(account=account, number=NUMBER, by=None, now=LONG_AGO_AT)
    assert bytes(second.ciphertext) == bytes(first.ciphertext)
    assert IdentityNumber.objects.count() == 1


def test_number_of_somebody_else_is_refused(db: Any) -> None:
    store_id_number(account=AccountFactory(), number=NUMBER, by=None, now=LONG_AGO_AT)
    with pytest.raises(Refusal) as refused:
        store_id_number(account=AccountFactory(), number=NUMBER, by=None, now=LONG_AGO_AT)
    assert refused.value.code == "id_taken"


def test_new_key_reads_what_the_old_one_wrote(db: Any, settings: Any) -> None:
    stored = store_id_number(account=AccountFactory(), number=NUMBER, by=None, now=LONG_AGO_AT)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    identity._cipher.cache_clear()
    assert read_id_number(stored) == NUMBER


def test_no_key_at_all_is_a_clear_error(db: Any, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="QINGLAN_FIELD_KEYS"):
        store_id_number(account=AccountFactory(), number=NUMBER, by=None, now=LONG_AGO_AT)


def test_number_never_appears_in_logs_or_messages(db: Any, caplog: pytest.LogCaptureFixture) -> None:
    """faults.md row 53, with a canary."""
    caplog.set_level(logging.DEBUG)
    store_id_number(account=AccountFactory(), number=NUMBER, by=None, now=LONG_AGO_AT)
    wrong = NUMBER[:-1] + "1"
    with pytest.raises(Refusal) as checked:
        check_id_number(wrong)
    with pytest.raises(Refusal) as taken:
        store_id_number(account=AccountFactory(), number=NUMBER, by=None, now=LONG_AGO_AT)
    told = "\n".join([caplog.text, str(checked.value), str(taken.value), repr(taken.value)])
    assert NUMBER not in told
    assert wrong not in told


def test_erasing_the_account_erases_the_number(db: Any) -> None:
    account = AccountFactory()
    store_id_number(account=account, number=NUMBER, by=None, now=LONG_AGO_AT)
    account.delete()
    assert IdentityNumber.objects.count() == 0


@pytest.mark.django_db
def test_storing_a_number_is_audited_once_without_the_number(now: datetime) -> None:
    account = AccountFactory()
    for _twice in range(2):
        store_id_number(account=account, number=NUMBER, by=None, now=now)
    entry = AuditEntry.objects.get(action="id_number.stored")
    assert (entry.target, entry.detail) == (f"people.person:{account.person_id}", {})
