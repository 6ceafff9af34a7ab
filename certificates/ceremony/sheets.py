"""Papers of the day: 领取签收表 to sign, 宣读名单 to read out. Pure functions of the lines; the words are those of the
site, not of whoever prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from certificates.ceremony.announcing import Announced, announced
from certificates.ceremony.lines import SeatLine, seats_in_words
from certificates.models import BatchKind, CertificateBatch
from core.pdf import PdfTheme

THEME = Path(__file__).parent / "themes" / "lists"


def print_signing_sheet(batch: CertificateBatch, lines: Sequence[SeatLine]) -> bytes:
    """领取签收表 on A4, 20 lines a page, the head on every page."""
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string("certificates/ceremony/print/signing.html", _facts(batch, lines))
    return theme().render(html)


def print_announcing_list(batch: CertificateBatch, lines: Sequence[SeatLine]) -> bytes:
    """宣读名单 on A4 in large type, the syllables above the characters, with what to ask about."""
    with translation.override(settings.LANGUAGE_CODE):
        people: list[Announced] = announced(line for line in lines if line.takes_part)
        context = _facts(batch, lines) | {"people": people, "doubtful": [one for one in people if one.doubts]}
        html = render_to_string("certificates/ceremony/print/announcing.html", context)
    return theme().render(html)


@cache
def theme() -> PdfTheme:
    """The look of the papers."""
    return PdfTheme(THEME, ("lists.css",))


def _facts(batch: CertificateBatch, lines: Sequence[SeatLine]) -> dict[str, Any]:
    return {
        "batch": batch,
        "kind": "" if batch.kind == BatchKind.ISSUE else batch.get_kind_display(),
        "lines": [line for line in lines if line.takes_part],
        "absent": seats_in_words(_seats(line for line in lines if not line.takes_part)),
    }


def _seats(lines: Iterable[SeatLine]) -> list[int]:
    return [line.seat for line in lines if line.seat is not None]
