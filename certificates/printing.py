"""From a certificate's row to an order for the press: a pure function of the record, the holder's data and the theme.

No clock and no database: the same record gives the same order. Printing runs outside transactions. The credential and
its inclusion proof will be attached here, and `sign` will sign, once the issuer has keys (house plan, "Certificates").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import segno
from django.utils import timezone
from django.utils.safestring import mark_safe

from assessments.models import SchemeVersion
from assessments.schemes.releasing import definition_of
from certificates.credentials import verify_url
from certificates.gallery.shelf import pictures_of
from certificates.models import Certificate, HolderSnapshot, Succession
from certificates.press import Order, print_order
from certificates.press.numerals import (
    date_in_figures,
    date_in_words,
    day_in_words,
    hours_in_words,
)
from certificates.press.theming import CertificateTheme, load_theme
from competencies.framework import view

FOLLOWS = {Succession.CORRECTION: "更正证书，原编号", Succession.RENEWAL: "换发证书，原编号"}
LEVELS = {"elementary": "初级", "intermediate": "中级", "advanced": "高级"}


@dataclass(frozen=True)
class Printable:
    """All a print depends on. `sample` prints 样张 across the page; `pictures`, when they are given, stand in for those
    the certificate was numbered with."""

    certificate: Certificate
    holder: HolderSnapshot
    sample: bool = False
    pictures: Mapping[str, bytes] | None = None


def print_certificate(printable: Printable) -> bytes:
    """PDF bytes. Raises what the press raises; the row then fails and is tried again."""
    return print_order(order_of(printable)).pdf


def order_of(printable: Printable) -> Order:
    """What the press needs to print a certificate."""
    certificate = printable.certificate
    pictures = printable.pictures
    if pictures is None:
        pictures = pictures_of(certificate, printable.holder)
    shown = {"pictures": {name.partition(".")[0]: name for name in pictures}}
    return Order(
        theme=certificate.theme,
        context=context_of(printable, load_theme(certificate.theme)) | shown,
        pictures=pictures,
        serial=certificate.serial,
        address=verify_url(certificate.code),
        made_at=certificate.issued_at.isoformat(),
    )


def sign(pdf: bytes) -> bytes:
    """The PAdES signature's place in the order: until the issuer has a key, the bytes as they are."""
    return pdf


def context_of(printable: Printable, theme: CertificateTheme) -> dict[str, Any]:
    """What theme.json promises its template: text, ready to print."""
    certificate, holder = printable.certificate, printable.holder
    snapshot = certificate.snapshot
    bound = view(certificate.view_ref)
    return {
        "certificate_title": certificate.title,
        "serial": certificate.serial,
        "scheme": scheme_words(certificate.scheme_version),
        "holder": {"name": holder.printed_name, "id_kind": "", "id_masked": holder.masked_id},
        "period": _period(snapshot["period"]),
        "hours": hours_in_words(certificate.hours) if certificate.hours else "",
        "modules": snapshot["modules"],
        "view": {"title": bound.title, "version": bound.version},
        "axes": snapshot["axes"],
        "not_included": snapshot["left_out"],
        "mentor": _mentor(certificate, holder),
        "issuer": {"name": certificate.issuer.name},
        "signer": _signer(certificate, holder),
        "follows": _follows(certificate),
        **_days(certificate, date_in_words),
        "figures": _days(certificate, date_in_figures),
        "verify_host": urlsplit(verify_url("")).netloc,
        "verify_code": certificate.code,
        "qr_svg": qr_svg(verify_url(certificate.code), theme.definition["qr"]),
        "seal_svg": theme.seal_of(certificate.issuer.name),
        "status_sentence": theme.definition["status_sentence"],
        "sample": printable.sample,
    }


def scheme_words(version: SchemeVersion) -> dict[str, str]:
    """Title without its level, the level, and the version a certificate rests on."""
    definition = definition_of(version)
    level = LEVELS[definition.level] if definition.level else ""
    title = definition.title.removesuffix(f"（{level}）")
    return {"title": title, "level": level, "basis": f"{definition.title}方案，第 {version.number} 版"}


def qr_svg(address: str, style: dict[str, Any]) -> str:
    """An inline SVG of the address, painted by attributes: the page's CSS does not reach into it."""
    # any mask can be read; looking for the one that is easiest to read costs ten times as much as the code itself
    code = segno.make(address, error=style["error"], micro=False, mask=2)
    svg: str = code.svg_inline(
        border=style["border"],
        dark=style["dark"],
        light="#fff",
        title="查验二维码",  # what a screen reader says of the picture
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return mark_safe(svg)  # noqa: S308 -- made of numbers by segno


def _days(certificate: Certificate, write: Callable[[date], str]) -> dict[str, str]:
    """The days on the paper, all in one script. `valid_from` only when it lies after the day of issue."""
    issued_on = timezone.localdate(certificate.issued_at)
    return {
        "issued_on": write(issued_on),
        "valid_from": write(certificate.valid_from) if certificate.valid_from > issued_on else "",
        "valid_until": write(certificate.valid_until) if certificate.valid_until else "",
    }


def _signer(certificate: Certificate, holder: HolderSnapshot) -> dict[str, str] | None:
    if not holder.signer_name:
        return None
    return {"name": holder.signer_name, "post": certificate.snapshot.get("marks", {}).get("post", "")}


def _follows(certificate: Certificate) -> dict[str, str] | None:
    """How it stands to the certificate before it, and that one's number."""
    if certificate.follows is None:
        return None
    return {"words": FOLLOWS[Succession(certificate.follows_as)], "serial": certificate.follows.serial}


def _period(days: list[str] | None) -> dict[str, str] | None:
    if days is None:
        return None
    since, until = (date.fromisoformat(day) for day in days)
    if since == until:
        return {"since": date_in_words(since), "until": ""}
    until_words = day_in_words(until) if since.year == until.year else date_in_words(until)
    return {"since": date_in_words(since), "until": until_words}


def _mentor(certificate: Certificate, holder: HolderSnapshot) -> dict[str, str] | None:
    if not certificate.pairing_key:
        return None
    return {
        "name": holder.mentor_name,
        "tier": certificate.snapshot.get("mentor_tier", ""),
        "agreement_no": certificate.pairing_key,
    }
