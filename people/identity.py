"""ID numbers: encrypted at rest, shown masked, compared by fingerprint."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import Refusal
from people.models import Account, IdentityNumber, Person

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")


def check_id_number(number: str) -> str:
    """The number in its stored form (capital X). Raises Refusal unless it has 18 places and the right checksum.

    Checksum: ISO 7064 MOD 11-2 as fixed by GB 11643-1999.
    """
    number = number.strip().upper()
    if not _SHAPE.fullmatch(number):
        raise Refusal(_("An ID number has 18 places: 17 digits and a digit or X."), code="id_format")
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if number[17] != _CHECK_CHARACTERS[total % 11]:
        raise Refusal(_("The last place of the ID number does not fit the rest: check for a typing error."))
    return number


def mask_id_number(number: str) -> str:
    """First three and last two places: 110*************1X."""
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


@transaction.atomic
def store_id_number(*, account: Account, number: str, by: Person | None, now: datetime) -> IdentityNumber:
    """Encrypt and keep an ID number, replacing the one there was; the same number again changes nothing.

    Raises Refusal when it is malformed or taken.
    """
    number = check_id_number(number)
    fingerprint = _fingerprint(number)
    if IdentityNumber.objects.filter(fingerprint=fingerprint).exclude(account=account).exists():
        raise Refusal(_("This ID number already belongs to another account."), code="id_taken")
    known = IdentityNumber.objects.filter(account=account, fingerprint=fingerprint).first()
    if known:
        return known
    stored, _created = IdentityNumber.objects.update_or_create(
        account=account,
        defaults={
            "ciphertext": _cipher().encrypt(number.encode()),
            "masked": mask_id_number(number),
            "fingerprint": fingerprint,
        },
    )
    audit.record(action="id_number.stored", target=f"people.person:{account.person_id}", by=by, now=now)
    return stored


def read_id_number(stored: IdentityNumber) -> str:
    """The number in clear. Callers must hold a role that allows it."""
    return _cipher().decrypt(bytes(stored.ciphertext)).decode()


@cache
def _cipher() -> MultiFernet:
    if not settings.FIELD_ENCRYPTION_KEYS:
        raise ImproperlyConfigured("QINGLAN_FIELD_KEYS is empty: no key to encrypt ID numbers with")
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


def _fingerprint(number: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), number.encode(), hashlib.sha256).hexdigest()
