"""The transcript of a certificate: printed at the first request from the frozen record, then kept as it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from certificates.credentials import verify_url
from certificates.models import Certificate, HolderSnapshot, Transcript
from certificates.press import Order, print_order
from certificates.press.numerals import date_in_figures
from certificates.press.theming import load_theme
from certificates.printing import Printable, context_of
from certificates.transcripts.drawing import leaf_radar
from core import audit
from core.errors import Refusal
from core.private_files import StoredFile, store
from people.models import Person

THEME = "transcript"
TITLE = "成绩与能力附页"
FOLDER = "certificates/transcripts"


def print_transcript(*, certificate: Certificate, by: Person, now: datetime) -> Transcript:
    """The transcript of a certificate, the one that was printed first. Prints outside any transaction.

    Raises Refusal when the holder's data were erased, and what the press raises.
    """
    existing = Transcript.objects.filter(certificate=certificate).first()
    if existing:
        return existing
    holder = HolderSnapshot.objects.filter(certificate=certificate).first()
    if holder is None:
        raise Refusal(_("The holder's data were erased: there is nothing left to print."), code="erased")
    pdf = print_order(transcript_order(certificate, holder, now=now)).pdf
    return _keep(certificate, store(pdf, folder=FOLDER, suffix=".pdf"), by, now)


def transcript_order(certificate: Certificate, holder: HolderSnapshot, *, now: datetime) -> Order:
    """What the press needs. The file names the public page without the code: only the certificate itself claims it."""
    theme = load_theme(THEME)
    context = context_of(Printable(certificate, holder), theme)
    return Order(
        theme=THEME,
        context=context | {"certificate_title": TITLE} | _record(certificate) | {"title": certificate.title},
        serial=certificate.serial,
        address=f"{settings.BASE_URL.rstrip('/')}/verify/",
        made_at=now.isoformat(),
    )


@transaction.atomic
def _keep(certificate: Certificate, stored: StoredFile, by: Person, now: datetime) -> Transcript:
    """The first print stands when two were made at once."""
    kept, is_new = Transcript.objects.get_or_create(
        certificate=certificate,
        defaults={"path": stored.path, "sha256": stored.sha256, "size": stored.size, "stored_at": now},
    )
    if is_new:
        target = f"certificates.certificate:{certificate.serial}"
        audit.record(action="transcript.printed", target=target, by=by, now=now, sha256=stored.sha256)
    return kept


def _record(certificate: Certificate) -> dict[str, Any]:
    """The frozen record as text; None for a certificate numbered before there were transcripts."""
    record = certificate.snapshot.get("transcript")
    if record is None:
        return {"record": None, "verify_address": _address(certificate)}
    return {
        "record": {
            "radar_svg": leaf_radar(record["leaves"]),
            "leaves": record["leaves"],
            "evidence": [line | {"on": _day(line["on"])} for line in record["evidence"]],
            "pairing": _pairing(record["pairing"]),
        },
        "verify_address": _address(certificate),
    }


def _pairing(pairing: dict[str, Any] | None) -> dict[str, str] | None:
    if pairing is None:
        return None
    hours, minutes = divmod(pairing["minutes"], 60)
    spent = (f" {hours} 小时" if hours else "") + (f" {minutes} 分钟" if minutes else "")
    until = _day(pairing["until"]) if pairing["until"] else "至今"
    return {
        "period": f"{_day(pairing['since'])} — {until}",
        "sessions": f"{pairing['sessions']} 次" + (f"，共{spent}" if spent else ""),
        "result": pairing["result"],
    }


def _day(text: str) -> str:
    return date_in_figures(date.fromisoformat(text))


def _address(certificate: Certificate) -> str:
    """The public page's address as a reader types it."""
    parts = urlsplit(verify_url(certificate.code))
    return parts.netloc + parts.path
