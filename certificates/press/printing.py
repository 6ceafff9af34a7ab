"""Printing one order: in the limited child, by the fast path where it can, else by the full one."""

from __future__ import annotations

from certificates.press.full import print_full
from certificates.press.minding import minder
from certificates.press.orders import Order, Printed
from certificates.press.plates import print_fast


def print_order(order: Order) -> Printed:
    """The PDF of an order. Raises PressError when there is none: the reason is for people to read."""
    return minder.ask(order)


def print_here(order: Order) -> Printed:
    """The same in this very process: for the child, for measuring, and for tests that look inside."""
    return print_fast(order) or print_full(order)
