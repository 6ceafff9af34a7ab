"""Printing one order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pydyf

from certificates.marking import mark
from certificates.press.orders import Order, Printed
from certificates.press.theming import load_theme


def print_order(order: Order) -> Printed:
    """The PDF of an order. Raises whatever the theme or WeasyPrint raises."""
    theme = load_theme(order.theme)
    pdf = theme.pdf.render(theme.html(dict(order.context)), finisher=_marker(order))
    return Printed(pdf, fast=False)


def _marker(order: Order) -> Callable[[Any, pydyf.PDF], None]:
    """WeasyPrint's last step before writing: put our mark into the file's metadata."""

    def finish(document: Any, pdf: pydyf.PDF) -> None:
        mark(pdf, serial=order.serial, address=order.address)

    return finish
