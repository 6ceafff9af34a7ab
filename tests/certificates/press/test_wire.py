"""Orders and prints travel as plain JSON: they arrive as they left, and nothing else arrives."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.safestring import SafeString

from certificates.press import Offset, Printed
from certificates.press.wire import failed_bytes, order_bytes, order_from, printed_bytes, printed_from
from tests.certificates.press.ordering import CREDENTIAL, make_order


def test_order_arrives_as_it_left() -> None:
    order = make_order(
        name="<b>𬭎</b>", pictures={"photo.jpg": b"\xff\x00"}, attachments=(CREDENTIAL,), blanks=Offset(3, -4)
    )
    arrived = order_from(order_bytes(order))
    assert arrived == order
    assert isinstance(arrived.context["qr_svg"], SafeString)
    assert not isinstance(arrived.context["holder"]["name"], SafeString)


def test_what_is_not_plain_does_not_travel() -> None:
    with pytest.raises(TypeError, match="date"):
        order_bytes(make_order(issued_on=date(2026, 9, 20)))


@pytest.mark.parametrize(
    "printed", [Printed(b"%PDF\n\x00", fast=True), Printed(b"", fast=False, overflowing=("holder.name",))]
)
def test_print_arrives_as_it_left(printed: Printed) -> None:
    assert printed_from(printed_bytes(printed)) == printed


def test_reason_arrives_as_words() -> None:
    assert printed_from(failed_bytes("too “heavy”\n")) == "too “heavy”\n"


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"{}\nx", b"[]\n"])
def test_anything_else_is_no_print(content: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        printed_from(content)
