"""Printing one order."""

from __future__ import annotations

from certificates.press.full import print_full
from certificates.press.orders import Order, Printed


def print_order(order: Order) -> Printed:
    """The PDF of an order. Raises whatever the theme or WeasyPrint raises."""
    return print_full(order)
