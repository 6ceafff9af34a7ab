"""At the door: the access code, where somebody comes from, the rules they confirm.

An exam hall is one address: nobody is ever slowed down by what others type, only by their own wrong codes.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from assessments.entry.admission import Entrance, NotNow
from core import audit
from core.errors import Refusal
from core.hashing import sha256_hex
from core.models import AuditEntry
from people.models import Person

MOST_WRONG = 10
WITHIN = timedelta(minutes=10)
PAUSE = timedelta(minutes=1)
REFUSED = "exam.code_refused"


@dataclass(frozen=True)
class Presented:
    """What somebody brings: the code as typed, the address they come from, and the mark of the rules they confirmed."""

    code: str = ""
    address: str = ""
    confirmed: str = ""


NOTHING = Presented()


class WrongCode(Refusal):
    """The code is not the one of this exam or room."""

    code = "wrong_code"


def why_turned_away(entrance: Entrance, *, rules: str, presented: Presented) -> Refusal | None:
    """What is missing at this door, with what to do next; None when somebody may enter.

    Codes: address, code_wanted, wrong_code, rules.
    """
    return (
        _from_elsewhere(entrance, presented)
        or _without_code(entrance, presented)
        or _unconfirmed(rules, presented)
    )


def rules_mark(rules: str) -> str:
    """What stands for the wording of rules: its SHA-256, "" where there are none. Says what exactly was confirmed."""
    return sha256_hex(rules.encode()) if rules else ""


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, "" if that cannot be told.

    The connection's own address; behind trusted proxies (ALLAUTH_TRUSTED_PROXY_COUNT) the one that the outermost of
    them saw. What a browser writes into X-Forwarded-For by itself counts for nothing.
    """
    try:
        found: str = get_adapter(request).get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied):
        return ""
    return found


def is_within(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address lies in one of these CIDR networks; an address that is none lies nowhere."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in ip_network(each, strict=False) for each in networks)


def why_wait(person: Person, exam_key: str, *, now: datetime) -> NotNow | None:
    """Why this person must wait before typing another code: ten wrong ones in ten minutes. One query."""
    tries = AuditEntry.objects.filter(
        target=_target(exam_key), action=REFUSED, actor=str(person.pk), at__gt=now - WITHIN
    ).order_by("-at")
    recent = list(tries.values_list("at", flat=True)[:MOST_WRONG])
    if len(recent) < MOST_WRONG or now >= recent[0] + PAUSE:
        return None
    return NotNow(
        _("That were many wrong codes. Ask the invigilator for the right one, and type it in a minute."),
        code="code_wait",
        again_at=recent[0] + PAUSE,
    )


def note_wrong_code(person: Person, exam_key: str, *, now: datetime) -> None:
    """Keep in the audit trail that a code was wrong, never which one was typed."""
    audit.record(action=REFUSED, target=_target(exam_key), by=person, now=now)


def _target(exam_key: str) -> str:
    return f"assessments.exam:{exam_key}"


def _from_elsewhere(entrance: Entrance, presented: Presented) -> Refusal | None:
    if not entrance.addresses or is_within(presented.address, entrance.addresses):
        return None
    words = (
        _("This exam is sat on the devices of the exam room. Use one of them, or ask the invigilator.")
        if entrance.seat
        else _(
            "This exam can be sat in certain networks only, such as that of your office. Use a device there."
        )
    )
    return Refusal(words, code="address")


def _without_code(entrance: Entrance, presented: Presented) -> Refusal | None:
    if not entrance.access_code:
        return None
    if not presented.code.strip():
        return Refusal(_("Type the access code. The invigilator tells it in the room."), code="code_wanted")
    if hmac.compare_digest(_plain(presented.code), _plain(entrance.access_code)):
        return None
    return WrongCode(_("This is not the access code. Look at it again, or ask the invigilator."))


def _plain(code: str) -> bytes:
    """However it was typed: capital or small, in full width, with spaces around."""
    return unicodedata.normalize("NFKC", code).strip().casefold().encode()


def _unconfirmed(rules: str, presented: Presented) -> Refusal | None:
    if hmac.compare_digest(presented.confirmed.encode(), rules_mark(rules).encode()):
        return None
    words = (
        _("The rules were changed while you read. Read them again and confirm them.")
        if presented.confirmed
        else _("Read the rules and confirm them, then start.")
    )
    return Refusal(words, code="rules")
