"""How the certificates of a batch will look: of the first person in it, and of the one whose name is the longest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO

from django.db.models import F, QuerySet
from django.db.models.functions import Length

from certificates.leasing import BY_SEAT
from certificates.models import BatchRow, CertificateBatch, RowState
from certificates.numbering import draft_of
from certificates.printing import print_certificate
from core.pdfium import opened

FIRST, LONGEST = "first", "longest"
PIXELS_WIDE = 1400


def sitter(batch: CertificateBatch, which: str) -> BatchRow | None:
    """The row whose certificate is shown; None while nobody can be. One query."""
    rows = _shown(batch)
    if which == LONGEST:
        return rows.order_by(Length("person__account__name").desc(nulls_last=True), F("pk").asc()).first()
    return rows.order_by(*BY_SEAT).first()


def print_sample(row: BatchRow, *, now: datetime) -> bytes:
    """The PDF of a sample: a placeholder number, 样张 across the page, nothing stored but the decision it rests on."""
    return print_certificate(replace(draft_of(row=row, now=now), sample=True))


def picture_of(pdf: bytes) -> bytes:
    """The first page as PNG, as wide as a page of this site can show it."""
    with opened(pdf) as document:
        page = document[0]
        image = page.render(scale=PIXELS_WIDE / page.get_width()).to_pil()
    target = BytesIO()
    image.save(target, format="PNG", optimize=False)
    return target.getvalue()


def _shown(batch: CertificateBatch) -> QuerySet[BatchRow]:
    aside = (RowState.QUARANTINED, RowState.VOIDED)
    relations = ("batch__scheme_version", "batch__issuer", "person__account", "follows__decision")
    return (
        batch.rows.exclude(state__in=aside).filter(person__account__isnull=False).select_related(*relations)
    )
