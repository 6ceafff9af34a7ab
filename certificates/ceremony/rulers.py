"""A sheet to lay over a preprinted blank: a ruler in millimetres and somebody's texts where they would be printed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import NameObject

from certificates.ceremony.lines import seated
from certificates.ceremony.overprints import print_order_over
from certificates.ceremony.sheets import theme
from certificates.credentials import new_code
from certificates.models import BatchRow, Certificate, CertificateBatch, RowState
from certificates.numbering import sample_of
from certificates.press import Offset
from certificates.printing import Printable
from certificates.serials import placeholder
from core.errors import Refusal

MM = 72 / 25.4
MARGIN = 10  # from the edge to the corner crosses


@dataclass(frozen=True)
class Tick:
    """A mark on an edge, from (x, y) on, in millimetres; every tenth is `long` and has its `figure`."""

    x: float
    y: float
    right: float
    down: float
    figure: int | None = None


def print_test_sheet(batch: CertificateBatch, offset: Offset, *, now: datetime) -> bytes:
    """The sheet in the size of the batch's design, a page for each of its pages; with 样张 across it and a number that
    is none. Raises Refusal while nobody's certificate could be printed, and what the press raises."""
    texts = PdfReader(BytesIO(print_order_over(_sitter(batch, now=now), offset)))
    writer = PdfWriter()
    for page in texts.pages:
        writer.add_page(_ruler(batch, offset, page)).merge_page(page)
    out = BytesIO()
    writer.create_viewer_preferences()[NameObject("/PrintScaling")] = NameObject("/None")
    writer.write(out)
    return out.getvalue()


def ticks(width: float, height: float) -> list[Tick]:
    """Marks along all four edges, a millimetre apart."""
    return [*_along(width, height, across=True), *_along(height, width, across=False)]


def _along(length: float, other: float, *, across: bool) -> Iterator[Tick]:
    for at in range(1, int(length)):
        size = 5 if at % 10 == 0 else 3.5 if at % 5 == 0 else 2
        figure = at if at % 10 == 0 else None
        for edge, step in ((0.0, size), (other, -size)):
            yield Tick(at, edge, 0, step, figure) if across else Tick(edge, at, step, 0, figure)


def _ruler(batch: CertificateBatch, offset: Offset, page: PageObject) -> PageObject:
    width, height = float(page.mediabox.width) / MM, float(page.mediabox.height) / MM
    context: dict[str, Any] = {
        "batch": batch,
        "width": round(width, 2),
        "height": round(height, 2),
        "ticks": ticks(width, height),
        "across": range(10, int(width), 10),
        "down": range(10, int(height), 10),
        "crosses": [
            (x, y) for x in (MARGIN, round(width - MARGIN, 2)) for y in (MARGIN, round(height - MARGIN, 2))
        ],
        "right_mm": f"{offset.right / 10:+.1f}",
        "down_mm": f"{offset.down / 10:+.1f}",
        "is_small": width < 150,
    }
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string("certificates/ceremony/print/test_sheet.html", context)
    size = f"@page ruler {{ size: {width:.2f}mm {height:.2f}mm; margin: 0 }}"
    return PdfReader(BytesIO(theme().render(html, files={"page.css": size.encode()}))).pages[0]


def _without_number(certificate: Certificate) -> Certificate:
    """The same with a number and a code that are none: what lies about in the printing room proves nothing."""
    twin = copy(certificate)
    module = certificate.serial.split("-")[-3]
    twin.serial = str(placeholder(issuer=certificate.issuer, year=certificate.year, module=module))
    twin.code = new_code()
    return twin


def _sitter(batch: CertificateBatch, *, now: datetime) -> Printable:
    """Whose texts stand on the sheet: the first by seat who has a certificate, else the first who is ready for one."""
    rows = seated(batch.rows.select_related("certificate__holder", "certificate__issuer", "person"))
    held = rows.filter(state=RowState.RELEASED, certificate__holder__isnull=False).first()
    if held:
        assert held.certificate is not None  # noqa: S101 -- so it was asked for
        return Printable(_without_number(held.certificate), held.certificate.holder, sample=True)
    ready: BatchRow | None = rows.filter(state=RowState.READY).first()
    if ready is None:
        raise Refusal(_("Nobody of this batch is ready yet: there is nothing to print."), code="nobody")
    return sample_of(batch, ready.person, now=now)
