"""Serial numbers: `SQ-2026-QHXY-10-000103-9`, unlike the numbers of state certificates on purpose.

Parts: the mark of this kind of certificate, year, issuer, module, running number, check character. Running numbers
are unique and without gaps per issuer and year; a voided certificate keeps its number.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from certificates.models import Issuer, SerialCounter

MARK = "SQ"
PLACEHOLDER_NUMBER = 0
# The module part says the level of the scheme; units that stand outside the levels carry 00.
MODULES = {"elementary": "10", "intermediate": "20", "advanced": "30"}
NO_LEVEL = "00"
_CHECK_CHARACTERS = "0123456789X"


@dataclass(frozen=True)
class SerialNumber:
    """One number of one issuer and year. `str()` gives what is printed."""

    year: int
    issuer: str
    module: str
    number: int

    def __str__(self) -> str:
        body = f"{MARK}-{self.year}-{self.issuer}-{self.module}-{self.number:06d}"
        return f"{body}-{check_character(body)}"


def check_character(body: str) -> str:
    """The ISO 7064 MOD 11-2 check character over the digits of `body`: 0–9 or X.

    Pure system recursion of the standard: P ← (P + digit) × 2 mod 11; the check completes P to 1 modulo 11.
    """
    product = 0
    for digit in body:
        if digit.isascii() and digit.isdigit():
            product = (product + int(digit)) * 2 % 11
    return _CHECK_CHARACTERS[(12 - product) % 11]


def is_well_formed(serial: str) -> bool:
    """Whether the last place of `serial` is the check character of the rest."""
    body, _, check = serial.rpartition("-")
    return body.startswith(f"{MARK}-") and check == check_character(body)


def module_of(level: str | None) -> str:
    """The module part for a scheme of this level."""
    return MODULES.get(level or "", NO_LEVEL)


def placeholder(*, issuer: Issuer, year: int, module: str) -> SerialNumber:
    """What a preflight prints: as wide as a real number, and never one, since counting starts at 1."""
    return SerialNumber(year, issuer.code, module, PLACEHOLDER_NUMBER)


def take_number(*, issuer: Issuer, year: int, module: str) -> SerialNumber:
    """The next number of this issuer and year. Belongs in the transaction that writes the certificate:
    if that one fails, the number is free again, so that no gap appears."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a serial number is taken in the transaction of its certificate")
    SerialCounter.objects.get_or_create(issuer=issuer, year=year)
    counter = SerialCounter.objects.select_for_update().get(issuer=issuer, year=year)
    number = counter.next
    counter.next = number + 1
    counter.save(update_fields=["next"])
    return SerialNumber(year, issuer.code, module, number)
