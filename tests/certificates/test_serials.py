"""Serial numbers: form, check character, and counting without gaps under contention."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from certificates.models import Issuer, SerialCounter
from certificates.serials import SerialNumber, check_character, is_well_formed, module_of, take_number

serials = st.builds(
    SerialNumber,
    year=st.integers(2026, 2099),
    issuer=st.sampled_from(["QHXY", "1042", "A7"]),
    module=st.sampled_from(["00", "10", "20", "30"]),
    number=st.integers(1, 999_999),
)


def test_serial_looks_unlike_a_state_certificate() -> None:
    assert str(SerialNumber(2026, "1042", "10", 103)) == "SQ-2026-1042-10-000103-9"


def test_check_character_follows_iso_7064_mod_11_2() -> None:
    # The standard's own example, and the check place of the sample ID number in GB 11643-1999.
    assert check_character("0794") == "0"
    assert check_character("11010519491231002") == "X"


@given(serials, st.data())
def test_any_single_wrong_digit_is_found(serial: SerialNumber, data: st.DataObject) -> None:
    text = str(serial)
    assert is_well_formed(text)
    places = [at for at, char in enumerate(text[:-2]) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != text[place]]))
    assert not is_well_formed(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(
    ("level", "module"), [("elementary", "10"), ("intermediate", "20"), ("advanced", "30"), (None, "00")]
)
def test_module_part_says_the_level(level: str | None, module: str) -> None:
    assert module_of(level) == module


@pytest.mark.postgres
@pytest.mark.django_db
def test_number_is_taken_only_inside_a_transaction_and_returned_when_it_fails() -> None:
    issuer = Issuer.objects.create(code="QHXY", name="学院")
    with transaction.atomic():
        assert take_number(issuer=issuer, year=2026, module="10").number == 1
        transaction.set_rollback(True)
    assert take_number(issuer=issuer, year=2026, module="10").number == 1
    assert take_number(issuer=issuer, year=2027, module="10").number == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_once_are_unique_and_without_gaps() -> None:
    issuer = Issuer.objects.create(code="QHXY", name="学院")

    def take(_turn: int) -> int:
        try:
            with transaction.atomic():
                return take_number(issuer=issuer, year=2026, module="10").number
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=40) as pool:
        taken = list(pool.map(take, range(200)))
    assert sorted(taken) == list(range(1, 201))
    assert SerialCounter.objects.get().next == 201
