"""The press: from an order to PDF bytes. It knows themes, paper and fonts; it knows no person and no database."""

from certificates.press.orders import Attachment, Offset, Order, PressError, Printed
from certificates.press.printing import print_order

__all__ = ["Attachment", "Offset", "Order", "PressError", "Printed", "print_order"]
