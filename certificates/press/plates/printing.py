"""Printing one order with a plate."""

from __future__ import annotations

from collections.abc import Hashable
from hashlib import sha256
from io import BytesIO
from typing import Any

import pydyf
from PIL import Image
from weasyprint.document import Document

from certificates.press.archive import add_attachments, file_identifier, imprint_of, information, xmp_packet
from certificates.press.boxes import FIELD
from certificates.press.full import lay_out
from certificates.press.orders import Order, Printed
from certificates.press.plates.casting import cast, free_slots
from certificates.press.plates.faces import embed
from certificates.press.plates.files import Sheet, packed
from certificates.press.plates.pages import QR, Page, cut
from certificates.press.plates.plates import Impression, Photo, Plate, Unfit, font_name
from certificates.press.plates.shapes import FREE, is_plain, is_shared, shape
from certificates.press.plates.shelf import Shelf
from certificates.press.theming import load_theme

_frees: Shelf[frozenset[int]] = Shelf(256)
_plates: Shelf[Plate | None] = Shelf(256)


def print_fast(order: Order) -> Printed | None:
    """The PDF of an order, or None when the full path has to print it."""
    page = cut(load_theme(order.theme).html(order.context, blanks=order.blanks))
    if not _is_printable(order, page):
        return None
    plate = _plate_of(order, page)
    if plate is None:
        return None
    try:
        return Printed(_lay_on(plate, plate.impression(page.texts, page.strokes), order), fast=True)
    except Unfit:
        return None


def plates_cast() -> int:
    """How many plates this process keeps."""
    return len(_plates)


def _is_printable(order: Order, page: Page) -> bool:
    unread_code = not page.strokes and any(f'{FIELD}="{QR}"' in part for part in page.parts)
    return not unread_code and all(map(is_plain, page.texts)) and load_theme(order.theme).sheets > 0


def _plate_of(order: Order, page: Page) -> Plate | None:
    """The plate for a page's shape, cast if there is none yet; None when it cannot be cast."""
    theme = load_theme(order.theme)
    pictures = tuple((name, _outline(name, content)) for name, content in sorted(order.pictures.items()))
    key = (theme.digest, page.parts, pictures, tuple(bool(text) for text in page.texts))
    shapes = [shape(text) for text in page.texts]

    def lay(texts: list[str]) -> Document:
        return lay_out(order, page.html(texts))

    def make() -> Plate | None:
        try:
            return cast(lay(texts), texts, free, sheets=theme.sheets, has_code=bool(page.strokes))
        except Unfit:
            return None

    free = _frees.get(key, lambda: free_slots(lay(shapes)))
    texts = [FREE if slot in free else text for slot, text in enumerate(shapes)]
    if not all(map(is_shared, texts)):
        return None
    return _plates.get((key, tuple(texts)), make)


def _outline(name: str, content: bytes) -> Hashable:
    """What a plate depends on: of the photo its kind and size, of other pictures everything."""
    if name != Photo.NAME:
        return sha256(content).digest()
    with Image.open(BytesIO(content)) as photo:
        # turned by a note of the camera, or of a kind that WeasyPrint writes anew: like any other picture
        is_plain_photo = photo.format == "JPEG" and photo.mode in ("RGB", "L") and "exif" not in photo.info
        return (photo.size, photo.mode) if is_plain_photo else sha256(content).digest()


def _lay_on(plate: Plate, found: Impression, order: Order) -> bytes:
    """The file: the plate's bed, and on it what is this order's own."""
    imprint = imprint_of(order)
    sheet = Sheet(plate.bed)
    if plate.photo:
        sheet.put(plate.photo.number, pydyf.Stream([order.pictures[Photo.NAME]], dict(plate.photo.extra)))
    for number, content in found.contents.items():
        sheet.put(number, packed(content, {}))
    fonts: dict[str, Any] = dict(plate.fonts)
    for face, glyphs in sorted(found.glyphs.items()):
        if glyphs:
            fonts[font_name(face)] = embed(sheet.add, plate.faces[face], glyphs, packed)
    sheet.put(plate.fonts_number, pydyf.Dictionary(fonts))
    facts = {key: pydyf.String(text) for key, text in information(imprint).items() if text}
    info = pydyf.Dictionary(facts)
    sheet.put(plate.info_number, info)
    packet = pydyf.Stream([xmp_packet(imprint)], {"Type": "/Metadata", "Subtype": "/XML"})
    sheet.put(plate.packet_number, packet)
    add_attachments(sheet, order.attachments, imprint.made_at)
    return sheet.write(info=info.reference, identifier=file_identifier(order))
